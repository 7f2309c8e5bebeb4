using MarketingPlatform.Contracts.Customers;
using Xunit;
using static MarketingPlatform.Email.Tests.RunningEmail;

namespace MarketingPlatform.Email.Tests.Recipients;

[Collection(HostedEmail.Name)]
public sealed class IdentityTests(SharedEmail shared) : IClassFixture<SharedEmail>
{
    private readonly RunningEmail email = shared.Email;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_ids_that_prove_to_be_one_person_get_one_welcome_and_one_mail_a_cart()
    {
        var visitor = Guid.CreateVersion7();
        var anna = await email.KnowsAsync();
        await email.HearsAsync(new CustomersMerged(visitor, anna, Now));
        await email.HearsAsync(Profile(visitor, 1, AddressOf(anna)));
        await email.HearsAsync(new ConsentChanged(visitor, ConsentPurposes.EmailMarketing, true, "form", Now));
        await email.HearsAsync(Cart(visitor, "C1"));
        await email.HearsAsync(Cart(anna, "C1"));

        Assert.Equal(["abandoned-cart", "welcome"], (await email.MailsAsync(anna)).Select(mail => mail.Automation));
        Assert.Equal(2, (await email.MailsAsync(visitor)).Count);
        Assert.Equal(2, (await email.OutboxAsync(AddressOf(anna))).Count);
    }

    [Fact]
    public async Task A_merge_that_joins_consent_and_address_is_welcomed()
    {
        var visitor = Guid.CreateVersion7();
        var anna = await email.KnowsAsync(consent: null);
        await email.HearsAsync(new ConsentChanged(visitor, ConsentPurposes.EmailMarketing, true, "form", Now));
        Assert.Empty(await email.OutboxAsync(AddressOf(anna)));

        await email.HearsAsync(new CustomersMerged(visitor, anna, Now));

        Assert.Single(await email.OutboxAsync(AddressOf(anna)));
    }

    [Fact]
    public async Task A_withdrawal_of_either_id_counts_for_the_person()
    {
        var visitor = Guid.CreateVersion7();
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        await email.HearsAsync(new ConsentChanged(visitor, ConsentPurposes.EmailMarketing, false, "form", Now));
        await email.HearsAsync(new CustomersMerged(visitor, anna, Now));
        await email.HearsAsync(Cart(anna, "C1"));

        Assert.Equal("consent-withdrawn", Assert.Single(await email.MailsAsync(anna)).Reason);
    }

    [Fact]
    public async Task After_a_merge_is_taken_back_each_id_has_its_own_again()
    {
        var visitor = Guid.CreateVersion7();
        var anna = await email.KnowsAsync(at: Now.AddDays(-2));
        await email.HearsAsync(new ConsentChanged(visitor, ConsentPurposes.EmailMarketing, false, "form", Now));
        await email.HearsAsync(new CustomersUnmerged(visitor, anna, Now.AddMinutes(1)));
        // Overtaken by its own undoing.
        await email.HearsAsync(new CustomersMerged(visitor, anna, Now));
        await email.HearsAsync(Cart(anna, "C1"));

        Assert.Equal("sent", Assert.Single(await email.MailsAsync(anna)).Status);
        Assert.Empty(await email.MailsAsync(visitor));
    }

    [Fact]
    public async Task Chains_of_merges_lead_to_one_person_in_any_order()
    {
        var (a, b) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var anna = await email.KnowsAsync();
        await email.HearsAsync(new CustomersMerged(b, anna, Now));
        await email.HearsAsync(new CustomersMerged(a, b, Now));
        await email.HearsAsync(Profile(a, 1, AddressOf(anna)));

        Assert.Equal("welcome", Assert.Single(await email.MailsAsync(a)).Automation);
    }

    [Fact]
    public async Task Who_is_forgotten_leaves_nothing_behind_and_stays_forgotten()
    {
        var visitor = Guid.CreateVersion7();
        var anna = await email.KnowsAsync();
        await email.HearsAsync(new CustomersMerged(visitor, anna, Now));
        await email.SettlesAsync();

        await email.HearsAsync(new CustomerErased(anna, Now));
        // Late news of somebody who is gone.
        await email.HearsAsync(Profile(anna, 5, AddressOf(anna)));
        await email.HearsAsync(Profile(visitor, 5, AddressOf(anna)));
        await email.HearsAsync(new ConsentChanged(anna, ConsentPurposes.EmailMarketing, true, "form", Now));
        await email.HearsAsync(Cart(anna, "C1"));

        foreach (var (table, column) in EmailDatabase.PersonalTables)
            Assert.Equal(
                0,
                await email.Database.QuerySingleAsync<long>(
                    $"select count(*) from {table} where {column} = any(@Ids)",
                    new { Ids = new[] { anna, visitor } },
                    Ct
                )
            );
    }

    [Fact]
    public async Task A_suppressed_address_stays_suppressed_after_erasure_without_being_stored()
    {
        var anna = await email.KnowsAsync();
        var header = Assert.Single(await email.OutboxAsync(AddressOf(anna))).Headers["List-Unsubscribe"];
        using var answer = await email.Anonymous.PostAsync(
            new Uri(new Uri(header!.Trim('<', '>')).AbsolutePath, UriKind.Relative),
            null,
            Ct
        );
        await email.HearsAsync(new CustomerErased(anna, Now));

        var returned = await email.KnowsAsync(AddressOf(anna), consent: null);
        await email.HearsAsync(new ConsentChanged(returned, ConsentPurposes.EmailMarketing, true, "import", Now));
        await email.HearsAsync(Cart(returned, "C1"));

        Assert.Equal("unsubscribed", Assert.Single(await email.MailsAsync(returned)).Reason);
    }

    [Fact]
    public async Task Mails_of_a_forgotten_person_that_lie_as_files_go_too_and_an_old_list_brings_none_until_a_word_of_their_own()
    {
        var anna = await email.KnowsAsync();
        Assert.Single(await email.OutboxAsync(AddressOf(anna)));

        await email.HearsAsync(new CustomerErased(anna, Now, Guid.CreateVersion7(), [anna]));
        Assert.Empty(await email.OutboxAsync(AddressOf(anna)));

        var listed = await email.KnowsAsync(AddressOf(anna), consent: null);
        await email.HearsAsync(new ConsentChanged(listed, ConsentPurposes.EmailMarketing, true, "import", Now));
        await email.HearsAsync(Cart(listed, "C1"));
        Assert.Equal("unsubscribed", Assert.Single(await email.MailsAsync(listed)).Reason);

        await email.HearsAsync(new ConsentChanged(listed, ConsentPurposes.EmailMarketing, true, "form", Now));
        await email.HearsAsync(Cart(listed, "C2"));
        Assert.NotEmpty(await email.OutboxAsync(AddressOf(anna)));
    }

    [Fact]
    public async Task Every_table_that_names_a_customer_is_on_the_list_of_personal_data()
    {
        var tables = await email.Database.QueryAsync<string>(
            """
            select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
            where c.table_schema = 'public' and c.column_name = 'customer_id' and t.table_type = 'BASE TABLE'
            """,
            null,
            Ct
        );

        Assert.Equal(EmailDatabase.PersonalTables.Keys.Order(), tables.Order());
    }
}
