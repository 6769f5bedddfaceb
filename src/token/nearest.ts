import { distance } from "fastest-levenshtein";

/** The known word that an unknown one was likely meant for. */
export function nearestOf(unknown: string, known: readonly string[]): string | undefined {
  // A long text is no misspelt word, and the distance costs its length.
  if (unknown.length > 64) return undefined;
  const bare = (word: string) => word.toLowerCase().replace(/[^a-z0-9]/g, "");
  const wanted = bare(unknown);
  const [best] = known
    .map((word) => ({ word, away: distance(wanted, bare(word)) }))
    .sort((a, b) => a.away - b.away);
  return best && best.away <= Math.max(wanted.length, best.word.length) / 3 ? best.word : undefined;
}
