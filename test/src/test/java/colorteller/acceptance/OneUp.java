package colorteller.acceptance;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One {@code ./walkthrough up} at a time is allowed in a folder, and test classes run side by side
 * in several JVMs: a class that starts one waits until no other class does.
 */
public final class OneUp implements BeforeAllCallback, AfterAllCallback {

  private FileChannel file;
  private FileLock lock;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    file =
        FileChannel.open(
            Path.of(System.getProperty("java.io.tmpdir")).resolveSibling("one-up"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    lock = file.lock();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    lock.release();
    file.close();
  }
}
