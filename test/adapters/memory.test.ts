import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memoryEvidence, memoryRegister, memorySigner } from '#adapters/memory';
import { registerContract } from './register-contract.ts';

registerContract('the register in memory', () => memoryRegister());

describe('evidence in memory', () => {
  it('lets a key be written once', async () => {
    const evidence = memoryEvidence();
    expect(await evidence.put('a', Buffer.from('first'))).toBe('stored');
    expect(await evidence.put('a', Buffer.from('second'))).toBe('exists');
    expect(Buffer.from((await evidence.get('a')) ?? []).toString()).toBe('first');
  });
});

describe('the signer in memory', () => {
  it('signs a digest so that whoever holds the message can check it', async () => {
    const signer = memorySigner();
    const message = Buffer.from('what was done');
    for (let times = 0; times < 20; times += 1) {
      const signature = await signer.sign(createHash('sha256').update(message).digest());
      expect(verify('sha256', message, createPublicKey(await signer.pem()), signature)).toBe(true);
    }
  });

  it('is named by the SHA-256 of its public key', async () => {
    const signer = memorySigner();
    const spki = createPublicKey(await signer.pem()).export({ type: 'spki', format: 'der' });
    expect(await signer.keyid()).toBe(createHash('sha256').update(spki).digest('hex'));
  });

  it('signs nothing but a digest of 32 bytes, as KMS does', async () => {
    await expect(memorySigner().sign(Buffer.alloc(31))).rejects.toMatchObject({ code: 'ANSWER_UNEXPECTED' });
  });
});
