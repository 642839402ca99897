import { type Html, html } from './html.ts';
import { section } from './phrase.ts';
import type { Story } from './story.ts';

/** Needs bash, coreutils, grep, sed, awk and openssl. Run by a test on a signed pack, as it stands here. */
export const byHand = `set -euo pipefail
keyid=$(openssl pkey -pubin -in "$KEY" -outform DER | sha256sum | cut -c1-64)
previous=null; work=$(mktemp -d)
for f in records/*.dsse.json; do
  grep -q "\\"keyid\\":\\"$keyid\\"" "$f"
  sed -E 's/.*"payload":"([^"]*)".*/\\1/' "$f" | base64 -d > "$work/payload"
  sed -E 's/.*"sig":"([^"]*)".*/\\1/' "$f" | base64 -d > "$work/sig"
  { printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < "$work/payload")"; cat "$work/payload"; } > "$work/pae"
  openssl dgst -sha256 -verify "$KEY" -signature "$work/sig" "$work/pae"
  grep -q "\\"previous\\":$previous" "$work/payload"
  previous="\\"$(sha256sum "$f" | cut -c1-64)\\""
  sed -E 's/"predicateType".*//' "$work/payload" | grep -oE '[0-9a-f]{64}' >> "$work/subjects"
done
(cd raw && sha256sum * | awk '$1 != $2 { print $2 " CHANGED"; bad = 1 } END { exit bad }')
sort -u "$work/subjects" | cmp - <(ls raw)
echo 'all held'
`;

/** The exact commands, with our software and without it. */
export function verifyOffline(story: Story): Html {
  const open = story.closed ? '' : ' --open';
  return section(
    'verify',
    'How to verify it offline',
    html`<p>You need the pack that holds this page, and the public signing key from a place that whoever gave you the pack does not control: ask KMS with your own read-only credentials.</p>
<pre>aws kms get-public-key --key-id SIGNER_KEY --query PublicKey --output text | base64 -d | openssl pkey -pubin -inform DER > key.pem
openssl pkey -pubin -in key.pem -outform DER | sha256sum   # the keyid that the records must name</pre>
<p>Write key and keyid into a policy file (<code>docs/evidence.md</code>, or <code>rescind evidence policy --out policy.json</code> under those credentials), and in the folder of the pack, without network:</p>
<pre>rescind evidence verify . --policy policy.json${open}</pre>
<p>It checks every hash, signature and link of the chain, and that this page is what the records say. Without our software, with the key as <code>KEY</code>, bash and openssl:</p>
<pre>${byHand}</pre>
<p class="quiet">As a file, run by bash: every record answers "Verified OK" and it ends with "all held". It checks neither this page nor what the closing record lists; <code>docs/evidence.md</code> has the longer form.</p>`,
  );
}
