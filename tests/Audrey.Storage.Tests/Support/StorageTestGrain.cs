using Orleans;
using Orleans.Runtime;
using Orleans.Timers;

namespace Audrey.Storage.Tests.Support;

public interface IStorageTestGrain : IGrainWithStringKey
{
    [Alias("AddAsync")]
    Task<int> AddAsync();

    [Alias("RemindAsync")]
    Task<string> RemindAsync();
}

/// <summary>Counts in both storages at once.</summary>
public sealed class StorageTestGrain(
    [PersistentState("test.hot", StorageNames.Hot)] IPersistentState<TestState> hot,
    [PersistentState("test.rare", StorageNames.Rare)] IPersistentState<TestState> rare,
    IReminderRegistry reminders,
    IGrainContext context)
    : IStorageTestGrain, IGrainBase, IRemindable
{
    public IGrainContext GrainContext { get; } = context;

    public async Task<int> AddAsync()
    {
        hot.State = hot.State with { Number = hot.State.Number + 1 };
        rare.State = rare.State with { Number = rare.State.Number + 1 };
        await hot.WriteStateAsync();
        await rare.WriteStateAsync();
        return hot.State.Number + rare.State.Number;
    }

    public async Task<string> RemindAsync()
    {
        await reminders.RegisterOrUpdateReminder(GrainContext.GrainId, "test", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        var reminder = await reminders.RegisterOrUpdateReminder(
            GrainContext.GrainId, "test", TimeSpan.FromHours(2), TimeSpan.FromHours(2));
        var found = await reminders.GetReminders(GrainContext.GrainId);
        await reminders.UnregisterReminder(GrainContext.GrainId, reminder);
        return string.Join(' ', found.Select(each => each.ReminderName));
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;
}
