/** ADMIN_TOKEN of the environment: one credential for everything, for scripts and for servers without users. */

import { holdsBearer } from './bearer.ts';
import type { Recogniser } from './recogniser.ts';

export const byAdminToken: Recogniser = async (c) => {
  const { adminToken } = c.var.services.config;
  if (adminToken === undefined || !holdsBearer(c, adminToken)) return undefined;
  return { name: 'admin', role: 'admin', via: 'admin-token', connections: null, person: null };
};
