import { registerContract } from '../adapters/register-contract.ts';
import { register } from './account.ts';

registerContract('the table', () => register);
