import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete } from '../../local/complete.ts';
import { type Engine, startEngine } from '../../local/engine.ts';
import { type Fence, fencesOf } from '../docs/pages.ts';

// What the documentation tells people to type for AWS, typed: the lines as they stand, by the real CDK and AWS CLIs,
// against the engine. Capitals are placeholders.

const home = resolve(import.meta.dirname, '..', '..');
const isOurs = ({ language, code }: Fence) => language === 'sh' && /^(\w+=\S+ )?(aws|npx) |\$\(aws /m.test(code);
const blocks = ['README.md', 'docs/operate.md'].flatMap(fencesOf).filter(isOurs);
const settings = fencesOf('README.md').find(({ code }) => code.includes('"protected"'))?.code ?? '';

mkdirSync(join(home, '.local'), { recursive: true });
const dir = mkdtempSync(join(home, '.local', 'test-docs-'));
// A checkout in which rescind.json may be written.
const checkout = join(dir, 'checkout');
mkdirSync(checkout);
for (const name of readdirSync(home).filter((name) => !/^\.|^cdk\.out$/.test(name)))
  symlinkSync(join(home, name), join(checkout, name));
writeFileSync(join(checkout, 'rescind.json'), settings);

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ dir });
});
afterAll(async () => {
  await engine.stop();
  rmSync(dir, { recursive: true, force: true });
});

const ownPrograms = join(home, 'node_modules', '.bin');
const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ownPrograms);

// Version 1 of the AWS CLI has a host of its own for SQS, and heeds nothing but this option.
const toEngine = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }';

/** As a person's shell runs it who answers the CDK CLI's questions with yes. */
function shell(code: string, placeholders: Record<string, string> = {}, as: object = {}): string {
  const filled = code.replace(/\b[A-Z][A-Z_]+\b/g, (word) => placeholders[word] ?? word);
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', `${toEngine}\n${filled}`], {
    cwd: checkout,
    env: {
      PATH: [join(home, '.local', 'venv-test', 'bin'), ...path].join(delimiter),
      HOME: dir,
      AWS_ENDPOINT_URL: engine.endpoint,
      AWS_ACCESS_KEY_ID: engine.root.accessKeyId,
      AWS_SECRET_ACCESS_KEY: engine.root.secretAccessKey,
      AWS_REGION: engine.region,
      AWS_DEFAULT_REGION: engine.region,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: 'true',
      CDK_NOTICES: 'false',
      CDK_REQUIRE_APPROVAL: 'never',
      CDK_FORCE: 'true',
      CDK_OUTDIR: join(checkout, 'cdk.out'),
      CI: 'true',
      ...as,
    },
    // Bash reads start-up files where its input is a socket.
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  expect(status, `${filled}\n${stderr}`).toBe(0);
  return stdout;
}

const ran = new Set<string>();
/** Runs the one block that holds these words. */
function type(words: string, placeholders?: Record<string, string>): string {
  const found = blocks.filter(({ code }) => code.includes(words));
  expect(found).toHaveLength(1);
  const [{ code } = { code: '' }] = found;
  ran.add(code);
  return shell(code, placeholders);
}

const aws = (line: string) => JSON.parse(shell(`aws ${line} --output json`) || '{}');
const outputs = (): Record<string, string> => {
  const [, line = ''] = /`(aws cloudformation describe-stacks [^`]+)`/.exec(readPage('docs/operate.md')) ?? [];
  const told = JSON.parse(shell(line)) as { OutputKey: string; OutputValue: string }[];
  return Object.fromEntries(told.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
};
const readPage = (page: string) => readFileSync(join(home, page), 'utf8');

describe('the commands that README and docs/operate.md give for AWS', () => {
  let told: Record<string, string>;
  const named = (output: string) => told[output] ?? '';

  it('deploy what the settings file says', async () => {
    type('npx cdk deploy');
    const template = readFileSync(join(checkout, 'cdk.out', 'Rescind.template.json'), 'utf8');
    for (const arn of JSON.parse(settings).protected) expect(template).toContain(arn);
    told = outputs();
    expect(aws(`dynamodb describe-table --table-name ${named('RegisterTable')}`).Table.TableStatus).toBe('ACTIVE');
    // On AWS the template has done this.
    const buckets = [{ name: named('EvidenceBucket'), mode: 'governance' as const, days: 30 }];
    await complete(engine, { buckets, queues: [named('DeadLetterQueue')] });
  });

  it('subscribe a team to the notices', () => {
    type('aws sns subscribe', { TOPIC: named('Topic') });
    const { Subscriptions } = aws(`sns list-subscriptions-by-topic --topic-arn ${named('Topic')}`);
    expect(Subscriptions).toMatchObject([{ Protocol: 'email', Endpoint: 'security@example.com' }]);
  });

  it('let the operator read a dead letter that was left, and delete it', () => {
    const placeholders = { QUEUE: named('DeadLetterQueue') };
    shell("aws sqs send-message --queue-url QUEUE --message-body '{}'", placeholders);
    const { Credentials } = aws(`sts assume-role --role-session-name me --role-arn ${named('OperatorRole')}`);
    const operator = {
      AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
      AWS_SESSION_TOKEN: Credentials.SessionToken,
    };
    const code = blocks.find((block) => block.code.includes('aws sqs'))?.code ?? '';
    ran.add(code);
    const [receive = '', remove = ''] = code.split('\n');
    const { Messages } = JSON.parse(shell(receive, placeholders, operator));
    expect(Messages).toMatchObject([{ Body: '{}', Attributes: { SenderId: expect.any(String) } }]);
    shell(remove, { ...placeholders, HANDLE: Messages[0].ReceiptHandle }, operator);
    const left = `sqs get-queue-attributes --attribute-names All --queue-url ${placeholders.QUEUE}`;
    expect(aws(left).Attributes).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    });
  });

  it('name our function for the rotation of a secret', () => {
    shell('aws secretsmanager create-secret --name payments --secret-string {}');
    type('aws secretsmanager rotate-secret', { SECRET: 'payments', FUNCTION: named('RotationFunction') });
    const secret = aws('secretsmanager describe-secret --secret-id payments');
    expect(secret).toMatchObject({ RotationEnabled: true, RotationLambdaARN: named('RotationFunction') });
  });

  it('hash the files of a trail that a record names', () => {
    shell(`aws s3api create-bucket --bucket trail
      printf one | gzip | aws s3 cp - s3://trail/a
      printf two | gzip | aws s3 cp - s3://trail/b`);
    const hash = (command: string) => shell(`${command} | sha256sum | cut -c1-64`).trim();
    const lines = [`${hash('printf one')}  a`, `${hash('printf two')}  b`];
    const [line = ''] = blocks.filter(({ code }) => code.includes('aws s3 cp')).map(({ code }) => code);
    ran.add(line);
    expect(shell(`KEYS='a b'\n${line.replace('BUCKET', 'trail')}`)).toContain(
      hash(`printf '%s\\n' '${lines.join("' '")}'`),
    );
  });

  it('remove the stack, and keep the evidence and its key', () => {
    shell(`aws s3api put-object --bucket ${named('EvidenceBucket')} --key record --body rescind.json
      aws s3api put-object --bucket ${named('EvidenceBucket')} --key record --body rescind.json`);
    type('npx cdk destroy');
    expect(aws('dynamodb list-tables').TableNames).toEqual([]);
    expect(aws(`s3api list-object-versions --bucket ${named('EvidenceBucket')}`).Versions).toHaveLength(2);
    expect(aws(`kms describe-key --key-id ${named('DataKey')}`).KeyMetadata.KeyState).toBe('Enabled');
  });

  it('empty the bucket of a trial and delete it, with the key', () => {
    type('aws s3api delete-bucket-policy', { BUCKET: named('EvidenceBucket'), DATA_KEY: named('DataKey') });
    const names = aws('s3api list-buckets').Buckets.map(({ Name }: { Name: string }) => Name);
    expect(names).not.toContain(named('EvidenceBucket'));
    expect(aws(`kms describe-key --key-id ${named('DataKey')}`).KeyMetadata.KeyState).toBe('PendingDeletion');
  });

  it('are all run here', () => {
    expect(blocks.map(({ code }) => code).filter((code) => !ran.has(code))).toEqual([]);
  });
});
