import type { Surroundings } from '#core/run/run-step';
import type { awsCaller } from './call-aws.ts';
import { given } from './deployment.ts';
import { evidenceBucket } from './evidence.ts';
import { whoAmI } from './probe.ts';
import { caseTable } from './register.ts';
import { kmsSigner } from './signer.ts';
import { topic } from './topic.ts';

/** The stores, signer and messages of a function that works on a case, by the names in its environment. */
export const surroundings = ({
  takeCalls,
  guard,
}: Pick<ReturnType<typeof awsCaller>, 'takeCalls' | 'guard'>): Omit<Surroundings, 'ports'> => ({
  register: caseTable(given('REGISTER')),
  evidence: evidenceBucket(given('EVIDENCE'), given('DATA_KEY')),
  signer: kmsSigner(given('SIGNER')),
  // Only steps that tell people something are given a topic.
  notify: async (notice) => topic(given('TOPIC'))(notice),
  actor: whoAmI,
  takeCalls,
  guard,
});
