import { writeBoth } from '../write-both.ts';

/** The whole of the one-Lambda pipeline: the rule calls it. */
export const handler = ({ detail }: { detail: { userName: string; accessKeyId: string } }) => writeBoth(detail);
