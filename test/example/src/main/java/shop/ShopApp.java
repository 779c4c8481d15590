package shop;

import software.amazon.awscdk.App;

/** The CDK app. */
public final class ShopApp {

  private ShopApp() {}

  /** Synthesizes. */
  public static void main(String[] arguments) {
    App app = new App();
    new ShopStack(app, "shop");
    app.synth();
  }
}
