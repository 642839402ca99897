import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { isRegion } from '#core/ids';
import { caseId, examples, positive } from './arguments.ts';
import { explain } from './explain.ts';
import { operatorCommands } from './operator-commands.ts';
import type { Terminal } from './terminal.ts';

interface Global {
  stack: string;
  region?: string;
}

/**
 * The command line. Every command is loaded when it runs, so that the offline ones never load the AWS SDK. Answers the
 * exit code: 0 fine, 1 the answer is no, 2 wrong usage, 3 cannot reach what it needs.
 */
export async function rescind(argv: string[], terminal: Terminal): Promise<number> {
  let exit = 0;
  const program = new Command('rescind')
    .description('Carries a finding about an identity from detection to proof.')
    .option('--stack <name>', 'the deployment: name of its CloudFormation stack', 'Rescind')
    .option('--region <region>', 'its Region, instead of the one of the environment or profile', region)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', outline)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => eachLine(text, terminal.out),
      writeErr: (text) => eachLine(text, terminal.err),
      outputError: (text) => terminal.err(`${text.trim().replace(/\s+/g, ' ')} ("rescind --help" shows the usage)`),
    });
  const deployed = async () => {
    const { stack, region: chosen } = program.opts<Global>();
    // The SDK reads it when its clients are made, which is when the module below is loaded.
    if (chosen) process.env.AWS_REGION = chosen;
    return (await import('./commands/stack.ts')).connect(stack);
  };

  program
    .command('cases')
    .description('list the newest cases')
    .option('--limit <number>', 'how many', positive, 20)
    .option('--json', 'as one JSON array', false)
    .addHelpText('after', examples('rescind cases --limit 50', 'rescind cases --json --region eu-central-1'))
    .action(async (options: { limit: number; json: boolean }) => {
      const { casesCommand } = await import('./commands/cases.ts');
      exit = await casesCommand(options, await deployed(), terminal);
    });

  const one = program.command('case').description('show one case in full, or ask for another run of it');
  one
    .command('show')
    .description('show a case: identity, stage, owner, plan, proof, open points, records')
    .argument('<id>', 'case id, such as c-0123456789abcdef', caseId)
    .option('--json', 'as the register holds it', false)
    .addHelpText(
      'after',
      examples('rescind case show c-0123456789abcdef', 'rescind case show c-0123456789abcdef --json'),
    )
    .action(async (id: string, { json }: { json: boolean }) => {
      const { caseShowCommand } = await import('./commands/case-show.ts');
      exit = await caseShowCommand({ caseId: id, json }, await deployed(), terminal);
    });

  operatorCommands({ program, one, deployed, terminal, exit: (code) => (exit = code) });

  program
    .command('finding')
    .description('read events into findings, offline')
    .command('read')
    .description('read events into findings, offline: one JSON line per event')
    .argument('<file...>', 'files with an event, an array or NDJSON of them; - is standard input')
    .addHelpText('after', examples('rescind finding read finding.json', 'cat events.ndjson | rescind finding read -'))
    .action(async (files: string[]) => {
      const [{ readFindings }, { readSettings }] = await Promise.all([
        import('./commands/finding.ts'),
        import('#lib/settings'),
      ]);
      const lists = readSettings(process.env.RESCIND_SETTINGS);
      exit = await readFindings({ files, lists, now: new Date() }, terminal);
    });

  program
    .command('signals')
    .description('show which types of findings are advisory, blocking or immediate, and why, offline')
    .option('--json', 'as one JSON object', false)
    .addHelpText('after', examples('rescind signals', 'RESCIND_SETTINGS=rescind.json rescind signals --json'))
    .action(async ({ json }: { json: boolean }) => {
      const [{ signalsCommand }, { readSettings }] = await Promise.all([
        import('./commands/signals.ts'),
        import('#lib/settings'),
      ]);
      exit = signalsCommand({ lists: readSettings(process.env.RESCIND_SETTINGS), json }, terminal);
    });

  const evidence = program.command('evidence').description('export packs, verify them offline, print the policy file');
  evidence
    .command('export')
    .description('write the pack of a case: records, raw findings, report')
    .argument('<case>', 'case id', caseId)
    .requiredOption('--out <path>', 'a new or empty folder, or a new file that ends in .zip')
    .addHelpText('after', examples('rescind evidence export c-0123456789abcdef --out pack.zip'))
    .action(async (id: string, { out }: { out: string }) => {
      const { exportCommand } = await import('./commands/evidence-export.ts');
      exit = await exportCommand({ caseId: id, out }, await deployed(), terminal);
    });
  evidence
    .command('verify')
    .description('check a pack, offline')
    .argument('<path>', 'the folder or zip of a pack')
    .option('--policy <file>', 'who may sign which step; kept apart from the pack')
    .option('--json', 'as one JSON object', false)
    .option('--open', 'accept a case that has no closing record yet', false)
    .option('--no-report', 'leave report.html aside')
    .addHelpText(
      'after',
      examples(
        'rescind evidence verify pack.zip --policy policy.json',
        'rescind evidence verify pack --policy policy.json --json --open',
      ),
    )
    .action(async (path: string, { report, ...options }: VerifyOptions) => {
      const { verifyCommand } = await import('./commands/evidence-verify.ts');
      const renderer = report ? await reportRenderer() : {};
      exit = await verifyCommand({ path, ...options, ...renderer }, terminal);
    });
  evidence
    .command('policy')
    .description("print the policy file for this deployment's signing key")
    .option('--out <file>', 'write it to a new file')
    .addHelpText('after', examples('rescind evidence policy --out policy.json'))
    .action(async (options: { out?: string }) => {
      const { policyCommand } = await import('./commands/evidence-policy.ts');
      exit = await policyCommand(options, await deployed(), terminal);
    });

  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const told = explain(error, program.opts<Global>().stack);
    terminal.err(told.line);
    return told.exit;
  }
}

interface VerifyOptions {
  policy?: string;
  json: boolean;
  open: boolean;
  report: boolean;
}

async function reportRenderer() {
  const { renderReport, reportVersion } = await import('#core/report');
  return { report: { version: reportVersion, render: renderReport } };
}

const outline = `
Examples:
  rescind cases
  rescind evidence export c-0123456789abcdef --out pack.zip
  rescind evidence verify pack.zip --policy policy.json

Data goes to stdout, words to stderr. Exit code: 0 fine, 1 the answer is no, 2 wrong usage, 3 cannot reach what it needs.`;

const eachLine = (text: string, take: (line: string) => void): void => {
  for (const line of text.replace(/\n$/, '').split('\n')) take(line);
};

function region(text: string): string {
  if (!isRegion(text)) throw new InvalidArgumentError('It is no Region, such as eu-central-1.');
  return text;
}
