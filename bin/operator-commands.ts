import type { Command } from 'commander';
import { caseId, examples, positive, sentence } from './arguments.ts';
import type { Deployed } from './commands/stack.ts';
import type { Terminal } from './terminal.ts';

interface Around {
  program: Command;
  /** The command `case`. */
  one: Command;
  deployed(): Promise<Deployed>;
  terminal: Terminal;
  exit(code: number): void;
}

/** The commands that change something: whoever runs them has assumed the operator role. */
export function operatorCommands({ program, one, deployed, terminal, exit }: Around): void {
  one
    .command('retry')
    .description('ask for another run of a parked case (operator role)')
    .argument('<id>', 'case id', caseId)
    .addHelpText('after', examples('rescind case retry c-0123456789abcdef'))
    .action(async (id: string) => {
      const { caseRetryCommand } = await import('./commands/case-retry.ts');
      exit(await caseRetryCommand({ caseId: id }, await deployed(), terminal));
    });

  program
    .command('rollback')
    .description('take back what a case has changed (operator role); never a compromised key')
    .argument('<case>', 'case id', caseId)
    .option('--json', 'as one JSON object', false)
    .addHelpText('after', examples('rescind rollback c-0123456789abcdef', 'rescind rollback c-0123456789abcdef --json'))
    .action(async (id: string, { json }: { json: boolean }) => {
      const { rollbackCommand } = await import('./commands/rollback.ts');
      exit(await rollbackCommand({ caseId: id, json }, await deployed(), terminal));
    });

  program
    .command('doctor')
    .description('say part by part what is there and what is missing for findings to arrive, with the remedy')
    .option(
      '--accept <check...>',
      'what is missing on purpose, such as securityhub or accessanalyzer/analyzer/unused',
      [],
    )
    .option('--json', 'as one JSON object', false)
    .addHelpText('after', examples('rescind doctor', 'rescind doctor --json --accept securityhub'))
    .action(async (options: { accept: string[]; json: boolean }) => {
      const around = await deployed();
      const [{ doctorCommand }, { surroundings }] = await Promise.all([
        import('./commands/doctor.ts'),
        import('./commands/doctor-surroundings.ts'),
      ]);
      exit(await doctorCommand(options, surroundings(around), terminal));
    });

  const intake = program
    .command('intake')
    .description('hand to intake what no rule brings: findings of scanners, dead letters');
  intake
    .command('submit')
    .description('hand findings of TruffleHog to intake, without the secrets (operator role)')
    .argument('<file...>', 'files with the lines of trufflehog --json; - is standard input')
    .option('--json', 'as one JSON array', false)
    .addHelpText(
      'after',
      examples(
        'rescind intake submit scan.ndjson',
        'trufflehog git https://github.com/acme/shop --json | rescind intake submit -',
      ),
    )
    .action(async (files: string[], { json }: { json: boolean }) => {
      const { intakeSubmitCommand } = await import('./commands/intake-submit.ts');
      exit(await intakeSubmitCommand({ files, json, now: new Date() }, await deployed(), terminal));
    });
  intake
    .command('redrive')
    .description('hand dead letters to intake again (operator role)')
    .option('--limit <n>', 'at most as many of each queue', positive, 100)
    .option('--json', 'as one JSON array', false)
    .addHelpText('after', examples('rescind intake redrive', 'rescind intake redrive --limit 10 --json'))
    .action(async (options: { limit: number; json: boolean }) => {
      const { intakeRedriveCommand } = await import('./commands/intake-redrive.ts');
      exit(await intakeRedriveCommand(options, await deployed(), terminal));
    });

  program
    .command('stop')
    .description('stop every change by any case, at once (operator role)')
    .requiredOption('--reason <text>', 'why; it is quoted wherever a case parks for it', sentence)
    .addHelpText('after', examples('rescind stop --reason "findings of account 1234 are being forged"'))
    .action(async (options: { reason: string }) => {
      const { stopCommand } = await import('./commands/stop.ts');
      exit(await stopCommand(options, await deployed(), terminal));
    });
  program
    .command('resume')
    .description('end the stop (operator role)')
    .option('--reason <text>', 'why', sentence, 'resumed')
    .addHelpText('after', examples('rescind resume --reason "the forger is out"'))
    .action(async (options: { reason: string }) => {
      const { resumeCommand } = await import('./commands/resume.ts');
      exit(await resumeCommand(options, await deployed(), terminal));
    });
}
