import * as v from 'valibot';
import { RescindError } from '#core/error';
import { subjectName } from './ids.ts';

/** From the one that changes least to the one that changes most. */
export const modes = ['observe', 'guarded', 'enforce'] as const;

/** Exact IAM ARNs; no patterns: `evil-admin` must never pass for `admin`. */
const iamArn = v.pipe(
  v.string(),
  v.regex(
    /^arn:aws[a-z-]*:iam::\d{12}:(user|role)\/[\w+=,.@/-]{1,577}$/,
    'is not the exact ARN of an IAM user or role (no wildcards)',
  ),
);
/** A list is an object too, and would pass for one that overrides nothing. */
const section = <T extends v.ObjectEntries>(entries: T) =>
  v.pipe(
    v.unknown(),
    v.check((input) => !Array.isArray(input), 'is a list and must be an object'),
    v.strictObject(entries),
  );
const seconds = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const tagKey = v.pipe(v.string(), v.regex(/^(?!aws:)[\w.:/=+@-]{1,128}$/, 'is not a tag key'));
const rung = v.picklist(['configured', 'simulated', 'canary-denied', 'log-confirmed', 'held']);

/** Identities that a table of people may name: no pattern, and none that AWS would not issue. */
const identityKey = v.pipe(
  v.string(),
  v.regex(
    /^((user|role|federated)\/\d{12}\/[\w+=,.@-]{1,64}|identity-center\/[\w-]{1,64})$/,
    'is not an identity: user/ACCOUNT/NAME, role/ACCOUNT/NAME, federated/ACCOUNT/NAME or identity-center/USERID',
  ),
);
const mostSubjects = 5000;
/** Who the subjects of a provider are in AWS, by their ids or the names they sign in with. */
const subjects = v.pipe(
  v.record(
    v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
    v.union(
      [
        identityKey,
        /** Pinned: whoever is made anew under the name is somebody else. */
        section({ identity: identityKey, uniqueId: v.pipe(v.string(), v.regex(/^A(IDA|ROA)[A-Z0-9]{12,124}$/)) }),
      ],
      'is not an identity: user/ACCOUNT/NAME, role/ACCOUNT/NAME, federated/ACCOUNT/NAME or identity-center/USERID, or one with its uniqueId',
    ),
  ),
  v.check((table) => Object.keys(table).length <= mostSubjects, `may name at most ${mostSubjects} subjects`),
  v.check(
    (table) => new Set(Object.keys(table).map(subjectName)).size === Object.keys(table).length,
    'names one address twice, in different casing',
  ),
);
const httpsUrl = v.pipe(
  v.string(),
  v.maxLength(512),
  v.regex(/^https:\/\/[a-z0-9.-]+(:\d+)?(\/[\w./~%-]*)?$/, 'is not an https URL'),
);
/** A transmitter of shared signals: whom to believe, by which keys, and about whom. */
const transmitter = section({
  issuer: httpsUrl,
  /** What its tokens must name as their audience. */
  audience: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
  /** Its key set: where it publishes it, or the set itself (RFC 7517). */
  keys: v.union(
    [
      httpsUrl,
      v.object({ keys: v.pipe(v.array(v.looseObject({ kty: v.string(), kid: v.string() })), v.minLength(1)) }),
    ],
    'is neither the https URL of a key set nor a key set whose keys have a kid',
  ),
  subjects,
});
/** One tenant of an identity provider that writes to a partner bus of this account. */
const onPartnerBus = (host: string) =>
  v.optional(
    v.nullable(
      section({
        /** The partner's event bus, which has the name of its event source. */
        eventBus: v.pipe(
          v.string(),
          v.regex(
            new RegExp(`^aws\\.partner/${host.replace('.', '\\.')}/[\\w./-]{1,200}$`),
            `is not an event bus of ${host}`,
          ),
        ),
        subjects,
      }),
    ),
    null,
  );

const findingTypes = v.pipe(
  v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9][\w:/.&! -]{0,127}\*?$/, 'is not a finding type'))),
  v.maxLength(200, 'may name at most 200 types'),
);

/** Finding types whose credential dies before anyone is asked. A trailing `*` is the only pattern. */
const immediateByDefault = [
  'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.*',
  'UnauthorizedAccess:IAMUser/MaliciousIPCaller*',
  'UnauthorizedAccess:IAMUser/TorIPCaller',
  'CredentialAccess:IAMUser/CompromisedCredentials',
  'AttackSequence:IAM/CompromisedCredentials',
  // AWS Health: AWS itself has found the key in public, or says that somebody else holds it.
  'AWS_RISK_CREDENTIALS_EXPOSED',
  'AWS_RISK_CREDENTIALS_COMPROMISED',
];

/**
 * Every setting of a deployment, with its default. `RESCIND_SETTINGS=FILE` (JSON) overrides some of them at synth;
 * what does not fit is refused there, by name.
 */
export const settingsSchema = section({
  /** observe: plan and record, change nothing. guarded: reversible containment. enforce: rotation and revocation too. */
  mode: v.optional(v.picklist(modes), 'observe'),
  /** Locks evidence for good (compliance mode) and keeps stateful resources when the stack goes. */
  production: v.optional(v.boolean(), false),
  evidence: v.optional(
    section({
      lock: v.optional(v.picklist(['governance', 'compliance'])),
      /** How long a record cannot be deleted. */
      retentionDays: v.optional(seconds(1, 36_500)),
    }),
    {},
  ),
  /** Never touched by any step: exact ARNs of users and roles (break-glass, the CI that deploys). */
  protected: v.optional(v.pipe(v.array(iamArn), v.maxLength(50, 'may name at most 50 ARNs')), []),
  /** What simulated events may touch: exact ARNs. */
  decoys: v.optional(v.pipe(v.array(iamArn), v.maxLength(50, 'may name at most 50 ARNs')), []),
  /** Roles whose older sessions may all be cut at once, whoever holds them: exact ARNs. Others need an approval for it. */
  sweepable: v.optional(v.pipe(v.array(iamArn), v.maxLength(50, 'may name at most 50 ARNs')), []),
  /** What contains at once. Of the entries of the three lists the closest one counts; what none lists, its source classes. */
  immediate: v.optional(findingTypes, immediateByDefault),
  blocking: v.optional(findingTypes, []),
  advisory: v.optional(findingTypes, []),
  /** Who reports subjects of its own, and the one table that says who these are: whoever it lacks is never guessed. */
  identityProviders: v.optional(
    section({
      okta: onPartnerBus('okta.com'),
      auth0: onPartnerBus('auth0.com'),
      ssf: v.optional(
        v.pipe(
          v.array(transmitter),
          v.maxLength(20, 'may name at most 20 transmitters'),
          v.check((all) => new Set(all.map(({ issuer }) => issuer)).size === all.length, 'names one issuer twice'),
        ),
        [],
      ),
    }),
    {},
  ),
  /** GitHub's webhook for secret scanning: the secret in Secrets Manager that signs it, as plain text. */
  github: v.optional(
    v.nullable(
      section({
        secretArn: v.pipe(
          v.string(),
          v.regex(
            /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,512}-[A-Za-z0-9]{6}$/,
            'is not the whole ARN of a secret',
          ),
        ),
      }),
    ),
    null,
  ),
  /** Runs that may cut in one clock hour; the next one asks. Runs on simulated findings have a count of their own. */
  cutsPerHour: v.optional(seconds(1, 1000), 20),
  /** Whoever assumes the operator role must have signed in with MFA (by IAM; a federated session never has). */
  operatorMfa: v.optional(v.boolean(), false),
  /** Deploys the bus `rescind-simulation` with its publisher role. */
  simulation: v.optional(v.boolean(), false),
  tags: v.optional(
    section({
      /** With value `managed`: Rescind may create keys for this user, or write this secret. */
      managed: v.optional(tagKey, 'rescind'),
      /** On a secret: the IAM user whose access key it holds. */
      user: v.optional(tagKey, 'rescind-user'),
      owner: v.optional(tagKey, 'owner'),
    }),
    {},
  ),
  /** Sessions issued up to this many seconds after the cut are refused too: the time a deny takes to spread. */
  cutoffLeadSeconds: v.optional(seconds(0, 300), 30),
  /** The longest a user's session can live (GetSessionToken, GetFederationToken: 36 hours). */
  longestSessionSeconds: v.optional(seconds(1, 129_600), 129_600),
  /** How long the test of a new key may wait for IAM to spread it. */
  newKeyPatienceSeconds: v.optional(seconds(1, 120), 45),
  /** How long the probe with the old key may go on being served before its rung fails. */
  canaryPatienceSeconds: v.optional(seconds(1, 120), 60),
  /** When the inactive old key is due for deletion by its owner. */
  oldKeyDueDays: v.optional(seconds(1, 365), 30),
  /** Hours until a decision is due, by signal. */
  slaHours: v.optional(
    section({
      immediate: v.optional(seconds(1, 8760), 4),
      blocking: v.optional(seconds(1, 8760), 24),
      advisory: v.optional(seconds(1, 8760), 168),
    }),
    {},
  ),
  /** The rung at which a credential may be called revoked. */
  revokedAt: v.optional(
    section({
      'access-key': v.optional(rung, 'canary-denied'),
      'user-sessions': v.optional(rung, 'log-confirmed'),
      'role-session': v.optional(rung, 'log-confirmed'),
      'role-sessions': v.optional(rung, 'log-confirmed'),
    }),
    {},
  ),
  /** The bucket with the account's CloudTrail files: read to show that a cut credential was refused, and never served. */
  trail: v.optional(
    v.nullable(
      section({
        bucket: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is not the name of a bucket')),
        /** What stands before `AWSLogs/`. */
        prefix: v.optional(v.pipe(v.string(), v.regex(/^([\w!.*'()-]+\/)*$/, 'is not a prefix that ends in /')), ''),
        /** CloudTrail delivers within about 5 minutes and does not promise it: silence is believed after this long. */
        lagSeconds: v.optional(seconds(0, 86_400), 900),
      }),
    ),
    null,
  ),
  logRetentionDays: v.optional(
    v.picklist([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653]),
    365,
  ),
});

export type Settings = v.InferOutput<typeof settingsSchema>;

/** Settings from untrusted JSON, defaults filled in. Throws SETTINGS_INVALID with every offending path in one line. */
export function parseSettings(input: unknown): Settings {
  const parsed = v.safeParse(settingsSchema, input);
  if (parsed.success) return parsed.output;
  const about = parsed.issues
    .map((issue) => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message.replace(/\s+/g, ' ')}`)
    .join('; ');
  throw new RescindError('SETTINGS_INVALID', about);
}

/** Compliance is the default of production alone: a trial under compliance cannot be deleted before its days are over. */
export const lockOf = (settings: Settings): { mode: 'governance' | 'compliance'; days: number } => ({
  mode: settings.evidence.lock ?? (settings.production ? 'compliance' : 'governance'),
  days: settings.evidence.retentionDays ?? (settings.production ? 365 : 30),
});
