import { z } from 'zod';

const text = z.string().min(1).max(256);

/** A target as our own messages name it. */
export const targetShape = z.object({ cloud: text, account: text, region: text, id: text });
