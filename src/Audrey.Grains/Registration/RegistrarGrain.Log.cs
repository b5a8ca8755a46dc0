using Audrey.Core.Ids;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Registration;

internal sealed partial class RegistrarGrain
{
    [LoggerMessage(
        Level = LogLevel.Information, Message = "The registration of instance {Instance} was refused because of {Problems} problems.")]
    private partial void LogRefused(InstanceId instance, int problems);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "The registration of instance {Instance} was accepted although it is not valid: {Forgiven}")]
    private partial void LogForgiven(InstanceId instance, string forgiven);
}
