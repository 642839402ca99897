import type { ProofPorts } from '#core/ports';

/** More than this is for Athena, not for a Lambda. */
const most = { regions: 60, days: 8, files: 4000 };

/** `ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_RANDOM.json.gz`: the minute is that of the delivery. */
const named = /_CloudTrail_[a-z0-9-]+_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[A-Za-z0-9]+\.json\.gz$/;

export interface TrailFile {
  key: string;
  /** Milliseconds. */
  deliveredAt: number;
}

/**
 * The files that were delivered from a time on, of the days up to another, in every Region's folder: a credential can be used in any
 * (CloudTrail User Guide, "Finding your CloudTrail log files"). A text says why they cannot be listed whole.
 */
export async function trailFiles(
  from: number,
  to: number,
  { trail, deployment }: ProofPorts,
): Promise<TrailFile[] | string> {
  const { account, settings } = deployment;
  const root = `${settings.trail?.prefix ?? ''}AWSLogs/${account}/CloudTrail/`;
  const days = daysOf(from, to);
  if (days.length > most.days) return `the time since the cut has more than ${most.days} days to read`;
  const regions = await trail.folders(root);
  if (regions.length > most.regions) return `the trail has ${regions.length} folders where Regions are expected`;
  const files: TrailFile[] = [];
  for (const region of regions)
    for (const day of days) {
      const keys = await trail.keys(`${root}${region}/${day}/`, most.files + 1);
      for (const key of keys) {
        const deliveredAt = deliveryOf(key);
        // A minute has sixty seconds in which the cut may lie.
        if (deliveredAt !== null && deliveredAt >= from - 60_000) files.push({ key, deliveredAt });
      }
      if (keys.length > most.files || files.length > most.files)
        return `the trail has more than ${most.files} files since the cut`;
    }
  return files.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function daysOf(from: number, to: number): string[] {
  const days: string[] = [];
  const last = new Date(to).toISOString().slice(0, 10);
  for (let at = from; days.length <= most.days; at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (day > last) break;
    days.push(day.replaceAll('-', '/'));
  }
  return days;
}

function deliveryOf(key: string): number | null {
  const [, year, month, day, hour, minute] = named.exec(key) ?? [];
  return year ? Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`) : null;
}
