import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { batch } from '#adapters/batch';

/** Messages named by lane and number, `a1`; a lane of `-` is none. */
const records = (...names: string[]) => names.map((name) => ({ messageId: name, body: name }) as SQSRecord);
const laneOf = ({ body }: SQSRecord) => (body.startsWith('-') ? null : body.slice(0, 1));
/** A message that ends when it is told to. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe('a batch of messages', () => {
  it('goes on with the others while one is slow', async () => {
    const slow = gate();
    const done: string[] = [];
    const all = batch(records('a1', 'b1', '-1', '-2'), laneOf, async ({ body }) => {
      if (body === 'a1') await slow.opened;
      done.push(body);
      if (done.length === 3) slow.open();
    });
    expect(await all).toEqual({ batchItemFailures: [] });
    expect(done).toEqual(['b1', '-1', '-2', 'a1']);
  });

  it('handles a message whose lane cannot be told, and the others', async () => {
    const done: string[] = [];
    const lane = (record: SQSRecord) => {
      if (record.body === 'a1') throw new RangeError('too deep');
      return laneOf(record);
    };
    await batch(records('a1', 'b1'), lane, async ({ body }) => void done.push(body));
    expect(done.toSorted()).toEqual(['a1', 'b1']);
  });

  it('takes those of one identity one after the other, in order', async () => {
    let running = 0;
    const done: string[] = [];
    await batch(records('a1', 'a2', 'a3'), laneOf, async ({ body }) => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      running -= 1;
      done.push(body);
    });
    expect(done).toEqual(['a1', 'a2', 'a3']);
  });

  it('gives back those that failed and no other, and goes on behind them', async () => {
    const done: string[] = [];
    const answer = await batch(records('a1', 'a2', 'b1', '-1'), laneOf, async ({ body }) => {
      if (body === 'a1' || body === '-1') throw new Error('no');
      done.push(body);
    });
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).toSorted()).toEqual(['-1', 'a1']);
    expect(done.toSorted()).toEqual(['a2', 'b1']);
  });
});
