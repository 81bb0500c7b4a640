import { defineConfig } from '@pixtral-fleet/infra/config';

// Every option, with what is allowed and its default: docs/configuration.md. Configs for other purposes: examples/.
// What it makes and costs, without credentials: npm run pixtral -- plan
export default defineConfig({
  region: 'us-east-1',
  capacity: { min: 1, desired: 2, max: 4 },

  // For trying it out: one instance, about $1,020 a month or $1.40 an hour, 8 vCPUs of quota.
  // capacity: { min: 1, desired: 1, max: 1, updateStrategy: 'terminate-first' },

  // People who are told when something is wrong, and what it may cost.
  // operations: { alarmEmail: 'you@example.com', monthlyBudgetUsd: 2_500 },

  // Clients in other networks of yours.
  // network: { allowedCidrs: ['10.42.0.0/16', '10.16.0.0/12'] },

  // Weights and keys stay when the stack is deleted.
  // removal: 'retain',
});
