/**
 * A call beside another one, whose answer may turn out not to be needed: what it gave, or met, is told only to who asks.
 */
export async function aside<T>(call: Promise<T>): Promise<() => T> {
  const [answer] = await Promise.allSettled([call]);
  return () => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  };
}
