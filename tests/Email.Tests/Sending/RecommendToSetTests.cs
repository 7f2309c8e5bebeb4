using System.Net;
using System.Net.Http.Json;
using MarketingPlatform.Contracts;
using MarketingPlatform.Email.Sends;
using MarketingPlatform.Platform.Hosting;
using Microsoft.AspNetCore.Http;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Sending;

/// <summary>One question to Recommendation for many mails.</summary>
[Collection(HostedEmail.Name)]
public sealed class RecommendToSetTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private const int People = 5;
    private readonly RunningEmail email = shared.Email;
    private int single;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<IReadOnlyList<(Guid Customer, string Text)>> SendAsync()
    {
        email.Others.Recommend = request =>
        {
            // The first call of a service warms the line up.
            if (request.Query["customer"] != Guid.Empty.ToString())
                Interlocked.Increment(ref single);
            return OtherServices.RecommendThree(request);
        };
        List<Guid> people = [];
        for (var i = 0; i < People; i++)
            people.Add(await email.KnowsAsync(at: Now.AddDays(-3)));
        var answer = await email.PostAsync(
            Routes.Sends,
            new
            {
                audience = new { recipients = people.Select(id => new { customerId = id }) },
                content = new
                {
                    subject = "For you",
                    text = "{% for product in recommendations %}{{ product.name }} {% else %}Our teas{% endfor %}",
                },
            }
        );
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var send = (await answer.Content.ReadFromJsonAsync<CreatedSend>(Json.Options, Ct))!.Send.Id;
        await EventuallyAsync(async () => (await email.GetAsync<SendView>($"{Routes.Sends}/{send}")).Progress.Sent == People);
        List<(Guid, string)> texts = [];
        foreach (var id in people)
            texts.Add((id, Assert.Single(await email.OutboxAsync(AddressOf(id))).TextBody!));
        return texts;
    }

    [Fact]
    public async Task Many_mails_ask_once_and_each_gets_its_own_answer()
    {
        List<int> asked = [];
        email.Others.RecommendMany = customers =>
        {
            lock (asked)
                asked.Add(customers.Count);
            return Results.Json(
                new
                {
                    customers = customers.Select(id => new
                    {
                        customerId = id,
                        recommendations = OtherServices.Recommended($"Tea of {id:N}"),
                    }),
                },
                Json.Options
            );
        };

        var mails = await SendAsync();

        Assert.All(mails, mail => Assert.Contains($"Tea of {mail.Customer:N}", mail.Text));
        Assert.Equal((People, 0), (asked.Sum(), single));
    }

    [Fact]
    public async Task A_recommendation_that_knows_no_such_question_is_asked_for_each()
    {
        email.Others.RecommendMany = null;

        var mails = await SendAsync();

        Assert.All(mails, mail => Assert.Contains("Scones", mail.Text));
        Assert.Equal(People, single);
    }

    [Fact]
    public async Task One_that_fails_costs_the_block_and_no_mail()
    {
        email.Others.RecommendMany = _ => Results.StatusCode(StatusCodes.Status500InternalServerError);

        var mails = await SendAsync();

        Assert.All(mails, mail => Assert.Contains("Our teas", mail.Text));
        Assert.Equal(0, single);
    }

    [Fact]
    public async Task Whom_the_answer_forgets_gets_the_fallback()
    {
        email.Others.RecommendMany = customers =>
            Results.Json(
                new
                {
                    customers = customers
                        .Skip(1)
                        .Select(id => new { customerId = id, recommendations = OtherServices.Recommended("Sencha") }),
                },
                Json.Options
            );

        var mails = await SendAsync();

        Assert.Single(mails, mail => mail.Text.Contains("Our teas", StringComparison.Ordinal));
        Assert.Equal(People - 1, mails.Count(mail => mail.Text.Contains("Sencha", StringComparison.Ordinal)));
    }
}
