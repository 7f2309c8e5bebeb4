using System.Text.RegularExpressions;
using MarketingPlatform.Chatbot.Understanding;

namespace MarketingPlatform.Chatbot.Dialogue;

/// <summary>
/// A stranger proves to own an e-mail address that a customer has: address, code, and what was asked before goes on. Whether the address is
/// known here changes no word of what is said.
/// </summary>
internal static partial class SignInFlow
{
    private const int MaxMisses = 3;

    /// <param name="isResumed">What is said at the beginning was said already.</param>
    public static Reply Begin(Turn turn, ScriptIntent intent, FormState form, bool isResumed = false) =>
        new Reply(
            turn.Says("sign-in"),
            intent.Name,
            turn.State with
            {
                Form = form,
                SignIn = new SignInState(CodeSent: false, null),
            },
            Need.SignIn
        ).Before(isResumed || intent.Say is null ? null : Phrases.Fill(intent.Say, turn));

    public static Reply Decide(Turn turn, SignInState signIn)
    {
        var intent = turn.State.Form?.Intent ?? Intents.Fallback;
        if (AddressIn(turn) is { } address)
            return Send(turn, intent, address);
        if (signIn is { CodeSent: true, Address: { } known })
        {
            if (CodePattern().Match(turn.Text) is { Success: true } code)
                return new Reply(
                    "",
                    intent,
                    turn.State,
                    Need.Code,
                    Act: new Act.CheckCode(code.Value.Replace(" ", "", StringComparison.Ordinal))
                );
            if (ShortAnswer.IsAgain(turn))
                return Send(turn, intent, known);
        }
        if (ShortAnswer.IsNo(turn))
            return new Reply(turn.Says("cancelled"), intent, turn.State with { Form = null, SignIn = null, Later = [] });
        if (turn.Sure is { } sure)
        {
            // What needs no name is answered, and the question stays; what needs one takes the place of what waited.
            var answer = Forms.Begin(turn with { State = turn.State with { Form = null, SignIn = null } }, sure);
            return answer.State is { Form: null, SignIn: null }
                ? answer with
                {
                    Text = $"{answer.Text} {Question(turn, signIn)}".Trim(),
                    State = answer.State with { Form = turn.State.Form, SignIn = signIn },
                    Needs = NeedOf(signIn),
                }
                : answer;
        }
        return signIn.Misses + 1 >= MaxMisses
            ? Forms.HandOver(turn, intent, "sign-in")
            : new Reply(
                Question(turn, signIn),
                intent,
                turn.State with
                {
                    SignIn = signIn with { Misses = signIn.Misses + 1 },
                },
                NeedOf(signIn)
            );
    }

    private static Reply Send(Turn turn, string intent, string address) =>
        new(
            turn.Says("code-sent", ("address", address)),
            intent,
            turn.State with
            {
                SignIn = new SignInState(CodeSent: true, address),
            },
            Need.Code,
            Act: new Act.SendCode(address)
        );

    private static string Question(Turn turn, SignInState signIn) => turn.Says(signIn.CodeSent ? "code-again" : "sign-in-again");

    private static Need NeedOf(SignInState signIn) => signIn.CodeSent ? Need.Code : Need.SignIn;

    private static string? AddressIn(Turn turn) =>
        AddressPattern().Match(turn.Text) is { Success: true } found ? found.Value.TrimEnd('.').ToLowerInvariant() : null;

    [GeneratedRegex(@"[\p{L}\p{Nd}._%+'-]{1,64}@[\p{L}\p{Nd}-]+(?:\.[\p{L}\p{Nd}-]+)+", RegexOptions.CultureInvariant)]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"(?<!\d)\d{3} ?\d{3}(?!\d)", RegexOptions.CultureInvariant)]
    private static partial Regex CodePattern();
}
