import { endWithReader } from "./broken_pipe.ts";
import { commandLine } from "./command_line.ts";

endWithReader();
process.exitCode = await commandLine(process.argv.slice(2), process.stdout, process.stderr);
