import { type Fields, isAbsent } from './fold.ts';
import type { Folded } from './source.ts';

/** What both forms of a Security Hub finding, ASFF and OCSF, come to. Nothing of it is believed yet. */
export interface Report {
  /** COMPANY/PRODUCT of the product's ARN, in lower case; undefined where it is absent, null where it is none. */
  product: string | null | undefined;
  /** The names under which a product may call itself, and what made the finding. */
  names: (Folded | undefined)[];
  generator: Folded | undefined;
  /** Whether it says itself that nothing happened. */
  isSample: boolean;
  title: Folded | undefined;
  /** Why nobody has to act on it any more. */
  over: string | null;
  id: Folded | undefined;
  account: Folded | undefined;
  region: Folded | undefined;
  /** Of Security Hub's own controls one of IAM or Secrets Manager, whatever standard reported it. */
  control: string | null;
  types: (Folded | undefined)[];
  severity: number | null;
  /** The best first. */
  times: (Folded | undefined)[];
  resources: Resource[];
}

/** One entry of its resources. */
export interface Resource {
  form: 'user' | 'role' | 'key' | 'secret' | 'account' | 'other';
  /** What it is called, where that is an ARN. */
  arns: string[];
  /** The finding says of it that it acted. */
  isActor: boolean;
  owner: string | undefined;
  name: string | undefined;
  uniqueId: string | undefined;
  /** Of a key: every place that gives its id, and who it says has used it. */
  keyIds: string[];
  userType: string | undefined;
  /** Of a key of a session: who issued it. */
  issuer: { arn: string | undefined; name: string | undefined };
}

const forms: Record<string, Resource['form']> = {
  awsiamuser: 'user',
  'aws::iam::user': 'user',
  awsiamrole: 'role',
  'aws::iam::role': 'role',
  awsiamaccesskey: 'key',
  'aws::iam::accesskey': 'key',
  awssecretsmanagersecret: 'secret',
  'aws::secretsmanager::secret': 'secret',
  awsaccount: 'account',
  'aws::::account': 'account',
};
export const formOf = (type: Folded | undefined): Resource['form'] =>
  (typeof type === 'string' && Object.hasOwn(forms, type.toLowerCase()) && forms[type.toLowerCase()]) || 'other';

/** ARN of a product: arn:PARTITION:securityhub:REGION:ACCOUNT:product/COMPANY/PRODUCT (`productv2` in OCSF). */
const productArn =
  /^arn:aws[a-z-]{0,20}:securityhub:[a-z0-9-]{0,30}:\d{0,12}:product(?:v2)?\/([\w.+-]{1,64}\/[\w.+-]{1,64})$/;

export function productOf(arn: Folded | undefined): string | null | undefined {
  if (isAbsent(arn)) return undefined;
  if (typeof arn !== 'string') return null;
  // OCSF that never went through Security Hub names its product with a plain word.
  const product = productArn.exec(arn)?.[1] ?? (/^[\w.+-]{1,64}$/.test(arn) ? arn : undefined);
  return product?.toLowerCase() ?? null;
}

/** Namespaces of ASFF's types; Exposure only in OCSF. No other source's types begin so (User Guide, "Types taxonomy for ASFF"). */
const namespaces =
  /^(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications|Exposure)(\/|$)/;
/** As the settings write types. */
const plainType = /^[\w:/.&! -]{1,128}$/;

/**
 * Any product may write any text here, that of another source's type as well: hence only what begins with a namespace
 * is taken for a type.
 */
export const typeOf = ({ control, types }: Report): string =>
  control ??
  types.find((type): type is string => typeof type === 'string' && namespaces.test(type) && plainType.test(type)) ??
  'Unclassified';

/** Text as given, so that a number or an object is seen as the contradiction it is; undefined for a blank. */
export const said = (value: Folded | undefined): string | undefined =>
  isAbsent(value) || value === 'N/A' || value === 'null'
    ? undefined
    : typeof value === 'string'
      ? value
      : `(${typeof value})`;

export const entries = (value: Folded | undefined): Folded[] => (Array.isArray(value) ? value : []);
export const word = (value: Folded | undefined): string => (typeof value === 'string' ? value.toUpperCase() : '');
export const isTrue = (value: Folded | undefined): boolean => value === true || word(value) === 'TRUE';
export const isOcsf = ({ class_uid, finding_info, metadata }: Fields): boolean =>
  class_uid !== undefined || finding_info !== undefined || metadata !== undefined;
