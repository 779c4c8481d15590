package colorteller.infra;

import java.util.List;

/** The keys of all settings, for the test that compares them with their page. */
public final class SettingKeys {

  private SettingKeys() {}

  public static List<String> all() {
    return Settings.KEYS;
  }
}
