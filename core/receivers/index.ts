export { github } from './github.ts';
export { ssf } from './ssf.ts';
