import { sha256 } from '#core/digest';
import type { Statement } from '#verifier/format';
import { actions } from './report/actions.ts';
import { calls } from './report/calls.ts';
import { header } from './report/header.ts';
import { html, textOf, trusted } from './report/html.ts';
import { identity } from './report/identity.ts';
import { limits } from './report/limits.ts';
import { openPoints } from './report/open-points.ts';
import { owner } from './report/owner.ts';
import { plan } from './report/plan.ts';
import { proof } from './report/proof.ts';
import { storyOf } from './report/story.ts';
import { style } from './report/style.ts';
import { timeline } from './report/timeline.ts';
import { verifyOffline } from './report/verify-offline.ts';

/** Goes up with every change of the page's bytes: a verifier renders again with the version that the manifest names. */
export const reportVersion = 1;

/** Only this style sheet, by its hash; no script, no image, no frame, no connection, no form. */
const contentPolicy = `default-src 'none'; style-src 'sha256-${Buffer.from(sha256(style), 'hex').toString('base64')}'; base-uri 'none'; form-action 'none'`;

/** The case for people, from its records alone: the same statements give the same bytes. */
export function renderReport(statements: Statement[]): string {
  const story = storyOf(statements);
  const title = `${story.caseId} ${story.latest('open')?.facts.identity?.key ?? ''}`.trim();
  return textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} - Rescind case report</title>
<style>${trusted(style)}</style>
</head>
<body>
${header(story)}<main>
${timeline(story)}${identity(story)}${owner(story)}${plan(story)}${actions(story)}${proof(story)}${calls(story)}${openPoints(story)}${limits(story)}${verifyOffline(story)}</main>
<footer><p class="quiet">Made from the signed records of case ${story.caseId}, report version ${reportVersion}.</p></footer>
</body>
</html>
`);
}
