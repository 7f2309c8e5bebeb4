using MarketingPlatform.Email.Automations.Definition;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Definition;

public sealed class NameCheckTests
{
    private const string Yaml = """
        name: names
        trigger: {segment-entered: lapsed-vip}
        goal: {event: Quiz Dnoe, within: 7d}
        exit-when:
          - if: {any: [{segment: vip}, {trait: birthdy, exists: true}, {trait: loyal, is: true}]}
        steps:
          - set-trait: {loyal: true}
          - add-to-audience: lapsd
          - remove-from-audience: never-filled
          - experiment: which
            segments: [vip, vpi]
            arms:
              - share: 50%
              - share: 50%
          - exit: done
        """;

    private static readonly KnownNames Known = new(
        ["lapsed", "vip"],
        ["order", "Quiz Done", "Quiz Begun"],
        ["birthday", "city"],
        ["lapsed", "viewers"]
    );

    private static IReadOnlyList<YamlProblem> Warn(KnownNames known) => NameCheck.Warnings(AutomationParser.Parse(Yaml).Mentions, known);

    [Fact]
    public void Each_name_that_nobody_knows_is_told_with_its_line_and_what_may_have_been_meant()
    {
        Assert.Empty(AutomationParser.Parse(Yaml).Problems);
        Assert.Equal(
            [
                (2, "There is no segment lapsed-vip; did you mean lapsed?"),
                (3, "Nobody has caused an event of this name in the last 30 days: Quiz Dnoe; did you mean Quiz Done?"),
                (5, "No customer has the trait birthdy; did you mean birthday?"),
                (8, "This makes a new ad audience lapsd; did you mean lapsed?"),
                (9, "No automation adds anybody to an ad audience never-filled."),
                (11, "There is no segment vpi; did you mean vip?"),
            ],
            Warn(Known).Select(problem => (problem.Line, problem.Message))
        );
    }

    [Fact]
    public void What_could_not_be_asked_for_is_not_called_unknown() => Assert.Empty(Warn(new(null, null, null, null)));
}
