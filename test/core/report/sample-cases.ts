import type { RecordStep } from '#core/case';
import type { Facts, PlannedAction } from '#core/step-facts';
import {
  type CallRecord,
  predicatePrefix,
  type RecordPredicate,
  rawPath,
  type Statement,
  statementType,
} from '#verifier/format';
import {
  account,
  at,
  candidates,
  caseId,
  cutKey,
  cutSessions,
  finding,
  identity,
  newKey,
  observeOnly,
  oldKey,
  planned,
  raw,
  rotation,
  secret,
  secretArn,
  sessions,
  user,
  userArn,
} from './sample-identity.ts';

type RecordedFacts<S extends RecordStep> = NonNullable<Facts[S]>;

/** One record of a sample case; times count in seconds from the first. */
function told<S extends RecordStep>(step: S, seconds: number, facts: RecordedFacts<S>, calls: CallRecord[] = []) {
  return (number: number, run = 1): Statement => {
    const predicate: RecordPredicate = {
      caseId,
      run,
      number,
      step,
      previous: number === 1 ? null : String(number - 1).padStart(64, '0'),
      actor: `arn:aws:sts::${account}:assumed-role/rescind-${step === 'open' ? 'contain' : step}/rescind-${step}`,
      occurredAt: at(seconds),
      recordedAt: at(seconds + 0.84),
      facts,
      calls,
    };
    return {
      _type: statementType,
      subject: [{ name: rawPath(raw), digest: { sha256: raw } }],
      predicateType: `${predicatePrefix}${step}`,
      predicate,
    };
  };
}
const chain = (...records: ((number: number) => Statement)[]): Statement[] =>
  structuredClone(records.map((make, index) => make(index + 1)));

let issued = 0;
const call = (seconds: number, operation: string, asked: unknown, answered: unknown): CallRecord => ({
  at: at(seconds),
  operation,
  asked,
  answered,
  requestId: `5f0e7c1a-0000-4000-8000-${String(++issued).padStart(12, '0')}`,
});
const refused = (seconds: number, operation: string, asked: unknown, name: string, message: string): CallRecord => {
  const { answered: _, ...made } = call(seconds, operation, asked, null);
  return { ...made, error: { name, message } };
};
const listed = (...keys: [string, string][]) => ({
  AccessKeyMetadata: keys.map(([AccessKeyId, Status]) => ({ UserName: 'invoice-export', AccessKeyId, Status })),
  IsTruncated: false,
});

const cutoff = '2026-11-24T09:14:34Z';
const denyName = `rescind-deny-sessions-${caseId}`;
const deny = {
  policyName: denyName,
  policy: {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'RescindOlderSessions',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:TokenIssueTime': cutoff } },
      },
    ],
  },
};

const open = told('open', 0, { identity, findings: [finding] });
const contain = told(
  'contain',
  0,
  {
    plan: [cutKey, cutSessions],
    done: [
      {
        action: 'deactivate-access-key',
        credential: cutKey.credential,
        outcome: 'done',
        before: { status: 'Active' },
        after: { status: 'Inactive' },
      },
      { action: 'deny-user-sessions', credential: sessions, outcome: 'done', before: null, after: deny },
    ],
    cutoff,
    user,
    reason: `found ${userArn}`,
  },
  [
    call(0.2, 'iam:GetUser', { UserName: 'invoice-export' }, { User: { Arn: userArn, UserId: user.uniqueId } }),
    call(0.2, 'iam:ListAccessKeys', { UserName: 'invoice-export' }, listed([oldKey, 'Active'])),
    call(0.4, 'iam:UpdateAccessKey', { UserName: 'invoice-export', AccessKeyId: oldKey, Status: 'Inactive' }, {}),
    call(
      0.4,
      'iam:PutUserPolicy',
      { UserName: 'invoice-export', PolicyName: denyName, PolicyDocument: JSON.stringify(deny.policy) },
      {},
    ),
  ],
);
const triage = told('triage', 2, { user, secrets: [secret], plan: [cutKey, cutSessions, rotation], candidates }, [
  call(
    2.1,
    'secretsmanager:ListSecrets',
    { Filters: [{ Key: 'tag-key', Values: ['rescind-user'] }] },
    { SecretList: [{ ARN: secretArn }] },
  ),
]);
const assign = (asks: PlannedAction[] = []) =>
  told('assign-owner', 4, {
    owner: candidates[0] as (typeof candidates)[0],
    candidates,
    conflict: false,
    dueAt: at(4 * 3600),
    asks,
    raci: { accountable: 'billing-platform', responsible: 'rescind', informed: ['detection', 'iam', 'compliance'] },
  });
const rotate = told(
  'rotate',
  6,
  {
    rotations: [
      {
        secret: secretArn,
        rotator: 'iam-access-key',
        outcome: 'rotated',
        oldKeyId: oldKey,
        newKeyId: newKey,
        newVersion: '0d1f6a5be3c1497f8e7b5a5d6c3b2a10',
        promotedAt: at(9.6),
        orphansDeleted: ['AKIAEXAMPLE0000ORPH3'],
      },
    ],
    blocked: null,
  },
  [
    call(
      6.2,
      'secretsmanager:GetSecretValue',
      { SecretId: secretArn, VersionStage: 'AWSCURRENT' },
      { SecretString: '(withheld)' },
    ),
    refused(
      6.4,
      'secretsmanager:GetSecretValue',
      { SecretId: secretArn, VersionStage: 'AWSPENDING' },
      'ResourceNotFoundException',
      'Secrets Manager can’t find the specified secret value for staging label: AWSPENDING',
    ),
    call(
      6.8,
      'iam:CreateAccessKey',
      { UserName: 'invoice-export' },
      { AccessKey: { AccessKeyId: newKey, SecretAccessKey: '(withheld)' } },
    ),
  ],
);
const revoke = told('revoke', 11, {
  keys: [
    { keyId: oldKey, status: 'Inactive', dueAt: at(30 * 86_400), note: 'kept inactive; the owner deletes it when due' },
  ],
});
const openPoints = [
  `${sessions} is contained; that it is revoked has not been proven`,
  `sessions issued before ${cutoff} are refused, those of the 30 s after the cut included: workloads that held one must ask for a new one`,
  `the deletion of ${oldKey} is its owner's and is due ${at(30 * 86_400)}`,
];
const unavailable = (reason: string) => ({ result: 'not available' as const, reason });
const passed = (reason: string) => ({ result: 'passed' as const, reason });
const trail = unavailable('no trail is read in this version');
const held = unavailable(`a session could have lived until ${at(36 * 3600)}, and nobody has looked since`);
const keyProof = {
  credential: cutKey.credential,
  verdict: 'revoked' as const,
  rungs: {
    configured: passed('ListAccessKeys shows it Inactive'),
    simulated: unavailable('policy simulation does not look at the status of a key'),
    'canary-denied': passed(
      `sts:GetCallerIdentity refused the old key (InvalidClientTokenId) and served the new one as ${userArn}`,
    ),
    'log-confirmed': trail,
    held,
  },
};
const sessionProof = {
  credential: sessions,
  verdict: 'contained-not-proven' as const,
  rungs: {
    configured: passed(`GetUserPolicy shows the deny for sessions older than ${cutoff}`),
    simulated: unavailable('no simulator has been asked in this version'),
    'canary-denied': unavailable('the case holds no session of this user to try'),
    'log-confirmed': trail,
    held,
  },
};
const verify = told(
  'verify',
  13,
  { verdict: 'contained-not-proven', credentials: [keyProof, sessionProof], openPoints, strangers: [] },
  [
    call(13.2, 'iam:ListAccessKeys', { UserName: 'invoice-export' }, listed([oldKey, 'Inactive'], [newKey, 'Active'])),
    call(13.3, 'iam:GetUserPolicy', { UserName: 'invoice-export', PolicyName: denyName }, { PolicyName: denyName }),
  ],
);
const close = told('close', 15, { verdict: 'contained-not-proven', openPoints, findings: 1 });

/** Looked at again, a day and a half later: the trail has come, or the deny is gone. */
const lookAgain = (holds: boolean) => {
  const verdict = holds ? ('revoked' as const) : ('contained-not-proven' as const);
  const rungs = {
    ...sessionProof.rungs,
    ...(holds
      ? { 'log-confirmed': passed('in 12 files of the trail 2 calls of it were refused') }
      : { configured: { result: 'failed' as const, reason: 'GetUserPolicy no longer finds the deny' } }),
    held: holds
      ? passed('looked at after the longest session')
      : { result: 'failed' as const, reason: 'configured failed' },
  };
  const reason = holds ? 'everything that was cut is still cut' : `at the look the cut of ${sessions} did not hold`;
  const points = holds ? [] : openPoints;
  return told('look', 129_650, {
    verdict,
    holds,
    credentials: [keyProof, { ...sessionProof, verdict, rungs }],
    openPoints: points,
    reason,
  });
};
const closing = (statements: Statement[]): Statement[] => {
  const last = statements.at(-1);
  if (last) last.predicate.closes = [];
  return statements;
};
export const lookedCase = (holds = true): Statement[] =>
  closing(chain(open, contain, triage, assign(), rotate, revoke, verify, close, lookAgain(holds)));

/** The whole way: key revoked, its sessions contained. */
export const closedCase = (): Statement[] => chain(open, contain, triage, assign(), rotate, revoke, verify, close);

const needsApproval = planned('rotate-access-key', secretArn, {
  answer: 'approval',
  reason: 'allowed only with the approval of a person',
});
const parkReason = `rotate-access-key of ${secretArn}: approval (allowed only with the approval of a person)`;

/** Cut at once, then stopped, because policy asks a person about the rest. */
export const parkedCase = (): Statement[] =>
  chain(
    open,
    contain,
    told('triage', 2, { user, secrets: [secret], plan: [cutKey, cutSessions, needsApproval], candidates }),
    assign([needsApproval]),
    told('park', 5, { reason: parkReason, needs: 'an approval', error: null }),
  );

const watched = (action: PlannedAction): PlannedAction => ({
  ...action,
  answer: 'forbidden',
  would: 'auto',
  policies: [observeOnly],
  reason: 'a policy forbids it',
});

/** Mode observe: planned, recorded, nothing changed. */
export const observedCase = (): Statement[] =>
  chain(
    open,
    told(
      'contain',
      0,
      { plan: [watched(cutKey), watched(cutSessions)], done: [], cutoff: null, user, reason: `found ${userArn}` },
      [call(0.2, 'iam:ListAccessKeys', { UserName: 'invoice-export' }, listed([oldKey, 'Active']))],
    ),
    told('triage', 2, { user, secrets: [secret], plan: [cutKey, cutSessions, rotation].map(watched), candidates }),
    assign([cutKey, cutSessions, rotation].map(watched)),
    told('close', 5, { verdict: 'observed', openPoints: [], findings: 1 }),
  );
