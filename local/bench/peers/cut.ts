import { writeBoth } from '../write-both.ts';

/** The state of the barest machine: the two writes and nothing else. */
export const handler = async (input: { userName: string; accessKeyId: string }) => {
  await writeBoth(input);
  return { next: 'done' };
};
