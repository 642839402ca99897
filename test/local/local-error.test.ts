import { describe, expect, it } from 'vitest';
import { explained } from '../../local/local-error.ts';

const failed = (code: string) => Object.assign(new Error('stack'), { code, path: '/work/.local/demo/x' });

describe('an error of our own file operations', () => {
  it.each([
    ['ENOSPC', 'DISK_FULL', 'the disk is full: free about 1 GB and run this again'],
    ['EACCES', 'NOT_WRITABLE', 'cannot write /work/.local/demo/x: make it writable for this user and run this again'],
    ['EROFS', 'NOT_WRITABLE', 'cannot write /work/.local/demo/x: make it writable for this user and run this again'],
    ['EEXIST', 'NOT_WRITABLE', '/work/.local/demo/x is no folder: take it away and run this again'],
    ['ENOTDIR', 'NOT_WRITABLE', '/work/.local/demo/x is no folder: take it away and run this again'],
  ])('%s is one line with its remedy', (code, own, line) => {
    expect(explained(failed(code))).toMatchObject({ code: own, message: line });
  });

  it('that nobody foresaw stays as it is', () => {
    const error = new TypeError('x is undefined');
    expect(explained(error)).toBe(error);
  });
});
