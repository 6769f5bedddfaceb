/** Why a file of another program can't be read or written. */
export class FileRefusal extends Error {
  /**
   * @param kind folder: its folder is missing · unsafe: another user could exchange it · file: it can't be used ·
   *   changed: another program has written it meanwhile
   * @param why what follows the file's name in a message: "is a folder"
   * @param fix what to do about it, without a full stop
   */
  constructor(
    readonly kind: "folder" | "unsafe" | "file" | "changed",
    readonly why: string,
    readonly fix: string,
    options?: { cause?: unknown },
  ) {
    super(why, options);
    this.name = "FileRefusal";
  }
}
