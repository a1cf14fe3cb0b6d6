@rem Lets the npm scripts say "exec" on Windows too; a POSIX shell has it built in (docs/decisions, 0040).
@%*
