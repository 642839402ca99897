import { sha256 } from '#core/digest';
import type { Finding, Reading, RejectionCode } from '#core/finding';
import { type Doubt, type Fields, fields, fold, isFields } from './fold.ts';
import * as registry from './index.ts';
import { classify } from './signal.ts';
import type { EventPattern, Folded, ReadingContext, ReadingSettings, Source } from './source.ts';
import { tableOf, whoIs } from './subjects.ts';

export interface ReadOptions {
  /** Which types the settings list, and as what; who the subjects of identity providers are. */
  lists: ReadingSettings;
  /** Whatever the event says: it came by the simulation bus. */
  simulated?: boolean;
  /** It came by one of our rules: what only our receiver or an operator may hand over is not believed. */
  byRule?: boolean;
  /** When it was handed over (UTC, RFC 3339), where no envelope says when it came. */
  receivedAt?: string;
}

const sources: readonly Source[] = Object.values(registry);
const largest = 1024 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const simulatedPrefix = 'rescind.simulated.';

/**
 * Reads one event, from the bus or from a file, and never throws: it is the door for hostile input, for intake, for
 * the steps that read the stored bytes again, and for the CLI.
 */
export function readEvent(bytes: Uint8Array | string, options: ReadOptions): Reading[] {
  const received = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  if (received.byteLength > largest)
    return rejected('TOO_LARGE', 'the event is larger than 1 MiB: hand over one finding at a time');
  const parsed = parse(received);
  if (!parsed) return rejected('NOT_JSON', 'the event is not JSON in UTF-8: hand it over as AWS sends it');
  const { folded: document, doubts, keys } = fold(parsed.value);
  if (!isFields(document) || Object.keys(document).length === 0) {
    return rejected('NOT_AN_EVENT', 'the JSON is no event: hand over an EventBridge event or a finding');
  }
  const envelope = isEnvelope(document) ? document : undefined;
  const isByRule = ({ comesBy }: Source) => comesBy === undefined || comesBy === 'partner';
  const heard = sources.filter((each) => !options.byRule || isByRule(each) || isSimulated(envelope?.source));
  const candidates = heard.filter(envelope ? listensTo(envelope) : recognises(document));
  // CloudTrail tells of calls to the services that have findings of their own: without its kind the shape decides.
  const source = candidates.find(recognises(fields(envelope?.detail))) ?? candidates[0];
  // Only now a doubt about the keys counts: the event of a stranger is nobody's concern.
  if (!source) return ignored(envelope);
  const doubt = doubts.find(concerns(source, envelope !== undefined));
  if (doubt) return [doubt.refusal];
  if (keysWritten(received) !== keys) {
    return rejected('AMBIGUOUS', 'an object holds one key twice: keep one of them');
  }
  const simulated = options.simulated === true || isSimulated(envelope?.source);
  let raw: string | undefined;
  const context: ReadingContext = {
    raw() {
      raw ??= sha256(received);
      return raw;
    },
    simulated,
    ...(options.receivedAt !== undefined && { receivedAt: options.receivedAt }),
    classOf: (type, severity) => classify(type, severity, source.classes, options.lists),
    whoIs: (subjects, findingId, issuer) =>
      whoIs(subjects, { source: source.name, findingId, issuer }, tableOf(source.name, options.lists, issuer)),
  };
  if (!envelope) return source.read(document, context);
  if (!isFields(envelope.detail)) {
    return rejected('FIELD_MISSING', 'detail is missing: hand over the whole EventBridge event');
  }
  return source.read(envelope.detail, context, envelope);
}

/** The event patterns of a source on the bus of AWS, or those derived from them for the simulation bus. */
export const patternsFor = ({ patterns }: Source, simulated: boolean): readonly EventPattern[] =>
  simulated ? patterns.map((pattern) => ({ ...pattern, source: pattern.source.map(simulatedName) })) : patterns;

export interface HandedOver {
  source: string;
  'detail-type': string;
  detail: Record<string, unknown>;
}

/** The event that a person's finding becomes on the way to intake; null where its source takes none by hand. */
export function handedOver(bytes: Uint8Array, { source: name }: Pick<Finding, 'source'>): HandedOver | null {
  const source = sources.find((each) => each.name === name);
  const { folded: document } = fold(parse(bytes)?.value);
  const [pattern] = source?.patterns ?? [];
  if (!source?.passesOn || !pattern || !isFields(document) || isEnvelope(document)) return null;
  const [from, kind] = [pattern.source[0], pattern['detail-type'][0]];
  return { source: String(from), 'detail-type': String(kind), detail: source.passesOn(document) };
}

/** As the source's rule would; where an envelope from a file lacks a half, the other half and the shape decide. */
const listensTo =
  ({ source: name, 'detail-type': kind, detail }: Fields) =>
  (source: Source): boolean => {
    const patterns = patternsFor(source, isSimulated(name));
    const isKind = (pattern: EventPattern) => kind === undefined || isOneOf(kind, pattern['detail-type']);
    if (name !== undefined) return patterns.some((pattern) => isFrom(name, pattern.source) && isKind(pattern));
    return kind === undefined ? source.recognises(detail ?? null) : patterns.some(isKind);
  };

/** Whether a doubt lies in, or around, what the source reads; everything outside of the detail is read. */
const concerns =
  ({ reads }: Source, inDetail: boolean) =>
  ({ at: [first, ...rest], refusal }: Doubt): boolean => {
    // What is too deep to be looked through may hide anything, and would exhaust whoever goes on reading.
    if (refusal.code === 'TOO_LARGE' || !reads || first === undefined || (inDetail && first !== 'detail')) return true;
    const at = inDetail ? rest : [first, ...rest];
    return reads.some((path) => path.split('.').every((key, level) => at.length <= level || at[level] === key));
  };

/** Whether a finding may open a case, or is news only to one that is open. */
export const mayOpen = ({ source: name, signal }: Finding): boolean =>
  signal !== 'advisory' || !sources.some((source) => source.name === name && source.joinsOnly);

/** Whether what a finding tells of is left as it is by every cut. */
export const outlasts = ({ source: name, type }: Pick<Finding, 'source' | 'type'>): boolean =>
  sources.find((source) => source.name === name)?.outlasts?.(type) ?? false;

const recognises = (document: Fields) => (source: Source) => source.recognises(document);

function parse(bytes: Uint8Array): { value: unknown } | null {
  try {
    return { value: JSON.parse(utf8.decode(bytes)) };
  } catch {
    return null;
  }
}

const quote = 0x22;
const colon = 0x3a;
const backslash = 0x5c;

/** JSON.parse silently keeps the last of two equal keys; other readers keep the first. Hence both are counted. */
function keysWritten(json: Uint8Array): number {
  let keys = 0;
  for (let at = 0; at < json.length; at += 1) {
    if (json[at] === colon) keys += 1;
    if (json[at] !== quote) continue;
    // The bytes are valid JSON: outside strings every colon follows a key, and every string ends.
    for (at += 1; json[at] !== quote; at += 1) if (json[at] === backslash) at += 1;
  }
  return keys;
}

const isEnvelope = (document: Fields): boolean => document['detail-type'] !== undefined || isFields(document.detail);
const simulatedName = (name: EventPattern['source'][number]) =>
  typeof name === 'string'
    ? name.replace(/^(?:aws|rescind)\./, simulatedPrefix)
    : { prefix: name.prefix.replace(/^(?:aws|rescind)\./, simulatedPrefix) };
const isFrom = (name: Folded, accepted: EventPattern['source']): boolean =>
  typeof name === 'string' &&
  accepted.some((each) => (typeof each === 'string' ? each === name : name.startsWith(each.prefix)));
const isSimulated = (name: Folded | undefined): boolean => typeof name === 'string' && name.startsWith(simulatedPrefix);
const isOneOf = (value: Folded, accepted: string[]): boolean => typeof value === 'string' && accepted.includes(value);

/** The event chose the name of its source: only a plain one is repeated to people. */
function ignored(envelope: Fields | undefined): Reading[] {
  if (!envelope) return [{ outcome: 'ignored', reason: 'no source here reads documents of this shape' }];
  const name = envelope.source;
  const from = typeof name === 'string' && /^[\w.-]{1,64}$/.test(name) ? ` (source ${name})` : '';
  return [{ outcome: 'ignored', reason: `no source here reads this kind of event${from}` }];
}

const rejected = (code: RejectionCode, message: string): Reading[] => [{ outcome: 'rejected', code, message }];
