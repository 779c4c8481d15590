import java.lang.ref.Reference;

/** Constructs a handler, says so, and says how many bytes of heap are in use then. */
final class Construct {

  public static void main(String[] arguments) throws Exception {
    Object handler = Class.forName(arguments[0]).getDeclaredConstructor().newInstance();
    System.out.println("constructed");
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    System.out.println(runtime.totalMemory() - runtime.freeMemory());
    Reference.reachabilityFence(handler);
  }
}
