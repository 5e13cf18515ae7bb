import type { Migration } from '../migration.ts';

export const createPartsLists: Migration = {
  name: '0002_create_parts_lists',
  sql: (schema) => `
    create table ${schema}.parts_list_lines (
      tenant_id text not null,
      assembly_id uuid not null,
      part_id uuid not null check (part_id <> assembly_id),
      line_number int not null,
      quantity int not null check (quantity > 0),
      primary key (tenant_id, assembly_id, part_id),
      foreign key (tenant_id, assembly_id) references ${schema}.products deferrable initially deferred,
      foreign key (tenant_id, part_id) references ${schema}.products deferrable initially deferred
    );
    create index parts_list_lines_part on ${schema}.parts_list_lines (tenant_id, part_id, assembly_id);
  `,
};
