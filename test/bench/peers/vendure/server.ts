import { config, load } from './config.ts';

interface Core {
  readonly bootstrap: (config: object) => Promise<{ getHttpServer(): { address(): { readonly port: number } } }>;
}

const { bootstrap } = await load<Core>('@vendure/core');
const app = await bootstrap(config);
process.send!(app.getHttpServer().address().port);
