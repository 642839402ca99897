import { roleName, roleSession } from './role-session.ts';
import type { Play } from './story.ts';
import { decoyName, userKey } from './user-key.ts';

/** The demo's stories, by the name that `--story` takes; the bench counts each of them. */
export const stories = { 'user-key': userKey, 'role-session': roleSession } satisfies Record<string, Play>;
export type StoryName = keyof typeof stories;

/** The IAM principals that their simulated findings are about: exact ARNs. */
export const storyDecoys = (suffix: string): string[] => [
  `arn:aws:iam::000000000000:user/${decoyName}${suffix}`,
  `arn:aws:iam::000000000000:role/${roleName}${suffix}`,
];

/** Settings under which they are played, as an operator would write them into a RESCIND_SETTINGS file. */
export const storySettings = (suffix: string) => ({
  mode: 'enforce',
  simulation: true,
  decoys: storyDecoys(suffix),
  cutoffLeadSeconds: 1,
  newKeyPatienceSeconds: 10,
  canaryPatienceSeconds: 10,
});
