using MarketingPlatform.Platform.Data;
using Npgsql;

namespace MarketingPlatform.Gateway;

internal sealed class GatewayDatabase(NpgsqlDataSource source) : ServiceDatabase(source);
