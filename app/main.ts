import { heedOutput } from './cli/output.ts';
import { runCommandLine } from './cli/program.ts';

heedOutput();
process.exitCode = await runCommandLine(process.argv.slice(2));
