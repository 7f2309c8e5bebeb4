using MarketingPlatform.Email.Automations;
using MarketingPlatform.Email.Automations.Definition;
using Xunit;

namespace MarketingPlatform.Email.Tests.Automations.Definition;

public class AutomationWordsTests
{
    private static string[] Told(string yaml)
    {
        var (automation, problems) = AutomationParser.Parse(yaml);
        Assert.Empty(problems);
        return [.. AutomationWords.Outline(automation!).Select(line => new string('>', line.Depth) + line.Text)];
    }

    [Fact]
    public void An_automation_is_told_step_by_step_with_what_lies_in_its_branches() =>
        Assert.Equal(
            [
                "Begins when somebody comes into the segment “lapsed”.",
                "Is off when it is first saved.",
                "Who entered may enter again for the same customer after 180 days.",
                "The goal is an order within 30 days; who reaches it is through.",
                "Ends early with a no to marketing mail.",
                "Ends early where it is not so that the customer is in the segment “lapsed”.",
                ">Waits until 10:00 by the customer's clock.",
                ">Sends the mail “win-back”.",
                ">Waits at most 14 days for a click in a mail.",
                ">>If it does not come:",
                ">>>Ways part by the experiment “win-back-second-mail”: 50 % go recommendations, 50 % go win-back.",
                ">>>>The way recommendations:",
                ">>>>>Sends the mail “recommendations”.",
                ">>>>The way win-back:",
                ">>>>>Sends the mail “win-back”.",
            ],
            Told(ReadyMade.All["win-back"])
        );

    [Fact]
    public void Each_kind_of_step_rule_and_condition_has_words() =>
        Assert.Equal(
            [
                "Begins with the event “Signed up” where “plan” of the event is one of “gold”, “1” and it is not so that “plan.trial” of the event is known.",
                "Who is through may enter again for the same event.",
                "12.5 % are held out, so that the others can be compared with them.",
                "Its mails are transactional: nobody has to have allowed them.",
                "The goal is an order with the same cart_id within 14 days.",
                "Ends early where (the customer is in the segment “vip” or marketing mail is not allowed) and “age” of the profile is at least 18.",
                "Who is on the way ends by the version they began with.",
                "Who waits at old-wait goes on at a-day.",
                ">Waits 1 day 12 hours.",
                ">Waits until 09:30 by the customer's clock, on Monday or Friday.",
                ">Waits until the product is usually bought again, less 2 days.",
                ">>If nobody knows when:",
                ">>>Ends here: unknown rhythm.",
                ">Looks whether there was an order at least 2 times in the last 90 days.",
                ">>If so:",
                ">>>Notes on the profile: loyal is yes, level is 3, note is “yes”.",
                ">>If not:",
                ">>>Calls https://example.com/hook?x=1.",
                ">Ways part by chance: 30 % go early, 70 % go late.",
                ">>The way early:",
                ">>>Asks for a person in the chat: asks for help.",
                ">Adds the customer to the ad audience “viewers”.",
                ">Takes the customer out of the ad audience “viewers”.",
                ">Goes on at a-day.",
            ],
            Told(
                """
                name: everything
                trigger: {event: Signed up, where: {all: [{data: plan, in: [gold, "1"]}, {not: {data: plan.trial, exists: true}}]}}
                key: event
                re-entry: always
                hold-out: 12.5%
                purpose: transactional
                goal: {event: order, same: [cart_id], within: 14d, ends: false}
                exit-when:
                  - if: {all: [{any: [{segment: vip}, {consent: false}]}, {trait: age, at-least: 18}]}
                in-flight: finish
                moved: {old-wait: a-day}
                steps:
                  - id: a-day
                    wait: 1d 12h
                  - wait-until: "09:30"
                    days: [mon, fri]
                  - wait-for-reorder: true
                    lead: 2d
                    unknown:
                      - exit: unknown rhythm
                  - if: {did: order, within: 90d, at-least: 2}
                    then:
                      - set-trait: {loyal: true, level: 3, note: "yes"}
                    else:
                      - call: "https://example.com/hook?x=1"
                  - split:
                      - name: early
                        share: 30%
                        steps:
                          - chat-handoff: asks for help
                      - name: late
                        share: 70%
                  - add-to-audience: viewers
                  - remove-from-audience: viewers
                  - go-to: a-day
                """
            )
        );
}
