using MarketingPlatform.Chatbot.Understanding;
using Xunit;

namespace MarketingPlatform.Chatbot.Tests.Understanding;

public sealed class IntentTrainerTests(Trained trained) : IClassFixture<Trained>
{
    [Fact]
    public void Held_out_paraphrases_are_understood()
    {
        Assert.Empty(
            trained.HeldOut.Select(e => Wording.Normalise(e.Text)).Intersect(trained.Data.Examples.Select(e => Wording.Normalise(e.Text)))
        );
        var inScope = trained.HeldOut.Where(e => e.Intent != Intents.OutOfScope).ToArray();
        Assert.True(inScope.Length >= 80);

        var right = inScope.Count(e => trained.Understand(e.Text) is { IsSure: true } understood && understood.Intent == e.Intent);

        Assert.True(right >= 0.85 * inScope.Length, $"{right} of {inScope.Length}");
    }

    [Fact]
    public void Held_out_sentences_that_nobody_here_can_answer_fall_back()
    {
        var outside = trained.HeldOut.Where(e => e.Intent == Intents.OutOfScope).ToArray();

        var caught = outside.Count(e => !trained.Understand(e.Text).IsSure);

        Assert.True(caught >= 0.75 * outside.Length, $"{caught} of {outside.Length}");
    }

    [Theory]
    [InlineData("xyzzy")]
    [InlineData("fnord plugh frotz grue")]
    [InlineData("これは何ですか")]
    [InlineData("שלום עולם")]
    public void Unseen_words_are_not_answered_with_confidence(string text) => Assert.False(trained.Understand(text).IsSure);

    [Theory]
    [InlineData("🎉🎉🎉")]
    [InlineData("?!…")]
    [InlineData("\u200b\u200b")]
    [InlineData("\ud83d")]
    public void A_text_without_words_has_no_confidence_at_all(string text)
    {
        var understood = trained.Understand(text);

        Assert.Equal((Intents.Fallback, 0.0, false), (understood.Intent, understood.Confidence, understood.IsSure));
    }

    [Fact]
    public void The_same_examples_train_the_same_model()
    {
        var again = IntentTrainer.Train(
            trained.Data,
            new ChatbotOptions().FalseRejection,
            TimeProvider.System,
            TestContext.Current.CancellationToken
        );
        using var model = new IntentModel(again.Content);

        Assert.Equal(trained.Result.Calibration, again.Calibration);
        Assert.All(trained.HeldOut, e => Assert.Equal(trained.Model.Scores(e.Text), model.Scores(e.Text)));
    }

    [Fact]
    public void Scores_are_probabilities_of_every_intent()
    {
        var scores = trained.Model.Scores("where is my order");

        Assert.Equal(trained.Data.Examples.Select(e => e.Intent).Distinct().Order(), scores.Keys.Order());
        Assert.Equal(1, scores.Values.Sum(), 1e-3);
    }

    [Fact]
    public void A_file_with_one_class_is_refused()
    {
        var one = TrainingData.From([.. Enumerable.Range(0, 20).Select(n => new Example($"hello number {n}", Intents.Greeting))]);

        Assert.Throws<InvalidDataException>(() =>
            IntentTrainer.Train(one, 0.05, TimeProvider.System, TestContext.Current.CancellationToken)
        );
    }
}
