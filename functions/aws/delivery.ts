import { z } from 'zod';

/** Where a message came from, and what it takes to have it back at a time of our choosing. */
export interface Delivery {
  readonly queue: string;
  readonly receipt: string;
  /** How often it was delivered, this time included. */
  readonly receives: number;
}

const delivered = z.object({
  receiptHandle: z.string().min(1),
  eventSourceARN: z.string().min(1),
  attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int().positive() }),
});

/** Undefined where something is missing: then the queue's own visibility timeout says when it comes back. */
export function deliveryOf(record: unknown): Delivery | undefined {
  const parsed = delivered.safeParse(record).data;
  if (parsed === undefined) return undefined;
  return {
    queue: parsed.eventSourceARN.split(':').at(-1) ?? '',
    receipt: parsed.receiptHandle,
    receives: parsed.attributes.ApproximateReceiveCount,
  };
}
