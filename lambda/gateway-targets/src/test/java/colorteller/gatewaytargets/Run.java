package colorteller.gatewaytargets;

import colorteller.gatewaytargets.World.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ecs.model.Task;

/**
 * A run of the function that stands still before each of its calls, so that a test decides in which
 * order the calls of several runs happen. It has a thread, but never runs while the test does.
 */
final class Run implements World.Caller {

  private final World world;
  private final List<String> wrong;
  private final List<Task> seen = new ArrayList<>();
  private final Semaphore go = new Semaphore(0);
  private final Semaphore stands = new Semaphore(0);
  private final Thread thread;
  private Outcome next = Outcome.DONE;
  private boolean ended;

  /**
   * Starts it.
   *
   * @param wrong where it writes what must not be
   */
  Run(World world, List<String> wrong) throws InterruptedException {
    this.world = world;
    this.wrong = wrong;
    thread = new Thread(this::run);
    thread.start();
    stands.acquire();
  }

  private void run() {
    try {
      world.reconciliation(this).run();
    } catch (SdkClientException | IllegalStateException e) {
      // A failed call, or the end of its time: Lambda would start another run.
    } catch (RuntimeException | Error e) {
      wrong.add(e.toString());
    } finally {
      ended = true;
      stands.release();
    }
  }

  /** Makes its next call, and goes on until the one after it. */
  void step(Outcome outcome) throws InterruptedException {
    next = outcome;
    go.release();
    stands.acquire();
  }

  /** It makes no more calls. */
  void end() throws InterruptedException {
    thread.interrupt();
    thread.join();
  }

  boolean hasEnded() {
    return ended;
  }

  @Override
  public Outcome calls(String name) {
    stands.release();
    try {
      go.acquire();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return next;
  }

  @Override
  public void saw(Task task) {
    seen.add(task);
  }

  @Override
  public void deregistered(World.Target target) {
    if (world.isRunning(target)) {
      wrong.add("deregistered %s, of a running task".formatted(target));
    }
    for (Task task : seen) {
      if (World.runs(world.tasks.get(task.taskArn())) && !world.isRegistered(task)) {
        wrong.add("deregistered %s while %s was not registered".formatted(target, task.taskArn()));
      }
    }
  }
}
