/**
 * Arrays of these types, from `$1` on, as rows to join: one array a column. PostgreSQL takes the condition, which always holds, for
 * one that few rows meet, and expects one row however long the arrays are: so it keeps one plan, which goes by the index. Else it
 * would plan anew for each length, or keep a plan that goes through the whole table.
 */
export const fewRows = (types: readonly string[]): string => {
  const arrays = types.map((type, at) => `$${at + 1}::${type}[]`);
  return `(select * from unnest(${arrays.join(', ')}) with ordinality where ordinality between 1 and cardinality(${arrays[0]}))`;
};
