import { describe, expect, it } from 'vitest';
import { awsCaller } from '#adapters/call-aws';
import type { Probe } from '#core/ports';
import { awsError, type Input } from '../fake-aws.ts';

const now = () => new Date('2026-08-20T10:00:00.000Z');
const nobody: Probe = async () => ({ served: false, error: 'InvalidClientTokenId' });
const caller = (answer: (input: Input) => unknown, probe = nobody) =>
  awsCaller({ 'iam:GetUser': async (input: never) => answer(input) as never }, now, probe);
const failing = (error: Error) =>
  caller(() => {
    throw error;
  });
const nameOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    ({ name }: Error) => name,
  );

describe('a call to AWS', () => {
  it('is kept with what was asked, what was answered and when', async () => {
    const { call, takeCalls } = caller(() => ({ User: { UserName: 'a' }, $metadata: { requestId: 'r-1' } }));
    await call('iam:GetUser', { UserName: 'a' });
    expect(takeCalls()).toEqual([
      {
        at: '2026-08-20T10:00:00.000Z',
        operation: 'iam:GetUser',
        asked: { UserName: 'a' },
        answered: { User: { UserName: 'a' } },
        requestId: 'r-1',
      },
    ]);
  });

  it('is told once', async () => {
    const { call, takeCalls } = caller(() => ({ $metadata: {} }));
    await call('iam:GetUser', {});
    takeCalls();
    expect(takeCalls()).toEqual([]);
  });

  it('is not made where its step does not declare it', async () => {
    const { call, takeCalls } = caller(() => ({ $metadata: {} }));
    expect(await nameOf(call('iam:DeleteAccessKey', {}))).toBe('NotDeclared');
    expect(takeCalls()).toEqual([]);
  });

  it.each([
    ['AccessDenied', awsError('AccessDenied', 'no', 403), 'AccessDenied'],
    ['NoSuchEntityException', awsError('NoSuchEntityException', 'no', 404), 'NoSuchEntityException'],
    ['Throttling', awsError('Throttling', 'slow down', 400), 'Retryable'],
    ['TooManyRequestsException', awsError('TooManyRequestsException', 'slow down', 429), 'Retryable'],
    ['a fault of the service', awsError('InternalFailure', 'oops', 500), 'Retryable'],
    ['a connection that broke', new Error('socket hang up'), 'Retryable'],
  ])('that gets %s is reported as such', async (_, error, name) => {
    expect(await nameOf(failing(error).call('iam:GetUser', {}))).toBe(name);
  });

  it('that failed is kept with its error and the id of the request', async () => {
    const { call, takeCalls } = failing(awsError('AccessDenied', 'no', 403));
    await nameOf(call('iam:GetUser', {}));
    expect(takeCalls()).toMatchObject([{ error: { name: 'AccessDenied' }, requestId: 'req-1' }]);
  });

  it('hands no secret on in message, stack or cause of an error that quotes it', async () => {
    const { call, takeCalls } = caller((input) => {
      throw awsError('ValidationException', `'${input.SecretString}' is too long`);
    });
    const error = await call('iam:GetUser', { SecretString: 'correct-horse' }).catch((thrown: Error) => thrown);
    const { message, stack, cause } = error as Error;
    expect(`${message} ${stack} ${cause} ${JSON.stringify(takeCalls())}`).not.toContain('correct-horse');
    expect(message).toContain('(withheld)');
  });
});

describe('a probe', () => {
  const credential = { accessKeyId: 'AKIA1111222233334444', secretAccessKey: 'correct-horse' };

  it.each<[string, Awaited<ReturnType<Probe>>, object]>([
    ['served', { served: true, arn: 'arn:a' }, { answered: { Arn: 'arn:a' } }],
    ['refused', { served: false, error: 'InvalidClientTokenId' }, { error: { name: 'InvalidClientTokenId' } }],
  ])('that is %s is kept as the call that it is, without the secret', async (_, answer, kept) => {
    const { probe, takeCalls } = caller(
      () => ({}),
      async () => answer,
    );
    expect(await probe(credential)).toEqual(answer);
    const calls = takeCalls();
    const asked = { accessKeyId: credential.accessKeyId };
    expect(calls).toMatchObject([{ operation: 'sts:GetCallerIdentity', asked, ...kept }]);
    expect(JSON.stringify(calls)).not.toContain('correct-horse');
  });
});
