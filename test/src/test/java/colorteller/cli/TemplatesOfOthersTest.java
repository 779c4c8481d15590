package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates of the kinds that others have published run as they are. */
class TemplatesOfOthersTest {

  @ParameterizedTest
  @CsvSource({
    "calls-by-name.yaml, Canary=yes, 'loans 90 %, loans-canary 10 %'",
    "two-accounts, Owner=444455556666, client → mail.partner.local:25"
  })
  void runs(String template, String parameter, String shown) {
    List<String> arguments = new ArrayList<>(List.of("local", "--parameter", parameter));
    arguments.add("--template");
    arguments.add(
        Command.root().resolve("test/src/test/resources/others").resolve(template).toString());
    Command.Result result = InThisProcess.walkthrough(arguments.toArray(String[]::new));
    assertThat(result.status()).as(result.out()).isEqualTo(ExitStatus.AS_EXPECTED);
    assertThat(result.out()).contains(shown);
  }
}
