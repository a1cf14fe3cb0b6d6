/**
 * The newer of two messages with those parts taken from the older one that say the same: what is drawn from a part is
 * drawn anew only when the part has changed.
 */
export function withKnownParts<Message extends object>(known: Message | null, message: Message): Message {
  if (!known) return message;
  const parts = Object.entries(known).filter(([name, part]) =>
    isSameObject(part, message[name as keyof Message]),
  );
  return { ...message, ...Object.fromEntries(parts) };
}

/** Parts are small and always come with their fields in one order. */
function isSameObject(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  return JSON.stringify(one) === JSON.stringify(other);
}
