import { account, type Json, userId, userKey } from './guardduty-finding.ts';

/** A value of the form that AWS gives a secret access key, made up. */
export const leaked = 'mAdEuP0/vAlUe+0fAsEcReTaCcEsSkEy00000001';

const git = {
  commit: '0123456789abcdef0123456789abcdef01234567',
  file: 'config/deploy.env',
  email: 'Ann <ann@example.com>',
  repository: 'https://git.example.com/acme/shop',
  timestamp: '2026-08-19 10:17:40 +0000',
  line: 4,
};
export const inGit = (overrides: Json = {}): Json => ({ Data: { Git: { ...git, ...overrides } } });

/** A line of TruffleHog's JSON output, of a key of the IAM user alice that AWS has served (pkg/output/json.go). */
export const result = (overrides: Json = {}): Json => ({
  SourceMetadata: inGit(),
  SourceID: 1,
  SourceType: 16,
  SourceName: 'trufflehog - git',
  DetectorType: 2,
  DetectorName: 'AWS',
  DetectorDescription: 'AWS',
  DecoderName: 'PLAIN',
  Verified: true,
  VerificationFromCache: false,
  Raw: userKey,
  RawV2: `${userKey}:${leaked}`,
  Redacted: userKey,
  ExtraData: {
    resource_type: 'Access key',
    account,
    user_id: userId,
    arn: `arn:aws:iam::${account}:user/team/alice`,
    rotation_guide: 'https://example.com/rotate',
  },
  StructuredData: null,
  ...overrides,
});

/** One that it has not tried, or that AWS has refused: the account is worked out from the id of the key. */
export const unverified = (overrides: Json = {}): Json =>
  result({ Verified: false, ExtraData: { resource_type: 'Access key', account }, ...overrides });
