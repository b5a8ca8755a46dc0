using System.Net;
using System.Net.Sockets;
using Audrey.Storage.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Audrey.Storage.Tests;

/// <summary>A silo with the storage, on every database; on PostgreSQL with clustering and reminders in it too.</summary>
public abstract class HostingContract(TestDatabases databases)
{
    [Theory]
    [InlineData(HotProvider.GroupCommit, HotProvider.GroupCommit)]
    [InlineData(HotProvider.GroupCommit, HotProvider.AdoNet)]
    [InlineData(HotProvider.AdoNet, HotProvider.GroupCommit)]
    public async Task A_silo_keeps_its_states_when_it_starts_again_with_either_provider(HotProvider first, HotProvider second)
    {
        var options = await databases.CreateAsync();
        var sum = 0;
        foreach (var provider in new[] { first, second })
        {
            options.HotProvider = provider;
            using var host = Host(options);
            await host.StartAsync();
            sum = await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IStorageTestGrain>("i:1").AddAsync();
            Assert.True((await host.Services.GetRequiredService<IStorageHealth>().CheckAsync(default)).IsHealthy);
            await host.StopAsync();
        }

        Assert.Equal(4, sum);
    }

    [Fact]
    public async Task Reminders_work()
    {
        using var host = Host(await databases.CreateAsync());
        await host.StartAsync();
        Assert.Equal("test", await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IStorageTestGrain>("i:1").RemindAsync());
        await host.StopAsync();
    }

    private IHost Host(AudreyStorageOptions options)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Storage:Kind"] = $"{options.Kind}",
            ["Storage:HotProvider"] = $"{options.HotProvider}",
            ["Storage:DataDirectory"] = options.DataDirectory,
            ["Storage:ConnectionString"] = options.ConnectionString,
        };
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo =>
        {
            silo.AddAudreyStorage(builder.Configuration.GetSection("Storage"));
            silo.Configure<ClusterOptions>(cluster => cluster.ServiceId = cluster.ClusterId = DirectStorage.ServiceId);
            if (databases.Kind == StorageKind.Sqlite)
                UseNoDatabase(silo);
            else
                UseDatabase(silo, options.ConnectionString);
        });
        return builder.Build();
    }

    private static void UseNoDatabase(ISiloBuilder silo)
    {
        silo.UseLocalhostClustering(FreePort(), FreePort(), serviceId: DirectStorage.ServiceId, clusterId: DirectStorage.ServiceId);
        silo.UseInMemoryReminderService();
    }

    private static void UseDatabase(ISiloBuilder silo, string connectionString)
    {
        silo.ConfigureEndpoints(IPAddress.Loopback, FreePort(), FreePort());
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", connectionString));
        silo.UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = ("Npgsql", connectionString));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

public sealed class SqliteHostingTests(SqliteDatabases databases) : HostingContract(databases), IClassFixture<SqliteDatabases>;

[Collection(PostgreSqlTests.Name)]
public sealed class PostgreSqlHostingTests(PostgreSqlDatabases databases) : HostingContract(databases);
