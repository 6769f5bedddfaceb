/** Why a file of another program can't be read or written. */
export class FileRefusal extends Error {
  /**
   * @param kind folder: its folder is missing · unsafe: another user could replace the file · file: the file can't be
   *   used · changed: another program has written it meanwhile
   * @param why the part of a message after the file's name: "is a folder"
   * @param fix without a full stop
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
