import * as v from 'valibot';
import { type Check, type CheckPorts, missing, ok, type Verdict } from './check.ts';

const one = v.object({
  ...{ Name: v.string(), TrailARN: v.string(), HomeRegion: v.optional(v.string()) },
  IsMultiRegionTrail: v.optional(v.boolean(), false),
});
const trails = v.object({ trailList: v.array(one) });
const status = v.object({ IsLogging: v.optional(v.boolean(), false) });
const basic = v.object({ ReadWriteType: v.string(), IncludeManagementEvents: v.boolean() });
const field = v.object({ Field: v.string(), Equals: v.optional(v.nullable(v.array(v.string()))) });
const selectors = v.object({
  EventSelectors: v.optional(v.nullable(v.array(basic))),
  AdvancedEventSelectors: v.optional(v.nullable(v.array(v.object({ FieldSelectors: v.array(field) })))),
});

/**
 * EventBridge is told of calls only where a trail logs them (EventBridge User Guide, "AWS service events delivered via
 * AWS CloudTrail"). One trail that logs changes is enough, of this Region or of all.
 */
export const trail: Check = {
  name: 'trail',
  async examine(_, { ask, region }) {
    const { trailList } = await ask('cloudtrail:DescribeTrails', {}, trails);
    const short: Verdict[] = [];
    let doubt: unknown;
    for (const found of trailList.filter((each) => each.IsMultiRegionTrail || each.HomeRegion === region)) {
      try {
        const verdict = await standing(found, ask);
        if (verdict.state === 'ok') return verdict;
        short.push(verdict);
      } catch (error) {
        // A member account may not be let to look into the trail of its organization.
        doubt ??= error;
      }
    }
    if (doubt) throw doubt;
    const make = 'aws cloudtrail create-trail --is-multi-region-trail --name NAME --s3-bucket-name BUCKET';
    return short.length > 0
      ? short
      : missing(`no trail logs in ${region}`, `${make}, then aws cloudtrail start-logging --name NAME`);
  },
};

async function standing({ Name, TrailARN }: v.InferOutput<typeof one>, ask: CheckPorts['ask']): Promise<Verdict> {
  const { IsLogging } = await ask('cloudtrail:GetTrailStatus', { Name: TrailARN }, status);
  if (!IsLogging) return missing('it is not logging', `aws cloudtrail start-logging --name ${TrailARN}`, Name);
  const logged = kindsOf(await ask('cloudtrail:GetEventSelectors', { TrailName: TrailARN }, selectors));
  const reads = logged.has('reads') ? 'also' : 'not';
  return logged.has('changes')
    ? ok(`the trail ${Name} logs changes; calls that only read are ${reads} logged, and no rule needs them`)
    : missing(
        'it does not log management events that change something',
        `aws cloudtrail put-event-selectors --trail-name ${TrailARN} --event-selectors …`,
        Name,
      );
}

const both = ['changes', 'reads'];

/** Which management events selectors let through (CloudTrail API Reference, EventSelector and AdvancedFieldSelector). */
function kindsOf({ EventSelectors, AdvancedEventSelectors }: v.InferOutput<typeof selectors>): Set<string> {
  const plain = (EventSelectors ?? [])
    .filter(({ IncludeManagementEvents }) => IncludeManagementEvents)
    .flatMap(({ ReadWriteType: of }) => (of === 'All' ? both : of === 'WriteOnly' ? ['changes'] : ['reads']));
  const finer = (AdvancedEventSelectors ?? []).flatMap(({ FieldSelectors }) => {
    const equals = (name: string) => FieldSelectors.find(({ Field }) => Field === name)?.Equals;
    if (!equals('eventCategory')?.includes('Management')) return [];
    return (equals('readOnly') ?? ['false', 'true']).map((only) => (only === 'true' ? 'reads' : 'changes'));
  });
  return new Set([...plain, ...finer]);
}
