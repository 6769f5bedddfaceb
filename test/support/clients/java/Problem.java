
/** What a person sees of an exception, without the lines of the stack. */
final class Problem {
  interface Action {
    void run() throws Exception;
  }

  static void orExit(Action action) {
    try {
      action.run();
      System.exit(0);
    } catch (Exception | Error problem) {
      for (Throwable each = problem; each != null; each = each.getCause()) System.err.println(each);
      System.exit(1);
    }
  }
}
