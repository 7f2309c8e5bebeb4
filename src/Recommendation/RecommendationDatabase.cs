using MarketingPlatform.Platform.Data;
using Npgsql;

namespace MarketingPlatform.Recommendation;

internal sealed class RecommendationDatabase(NpgsqlDataSource source) : ServiceDatabase(source);
