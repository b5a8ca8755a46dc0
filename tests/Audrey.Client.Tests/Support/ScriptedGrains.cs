using System.Reflection;
using Orleans;

namespace Audrey.Client.Tests.Support;

/// <summary>Grains with scripted answers, for behaviour that a real cluster does not show on demand.</summary>
public sealed class ScriptedGrains
{
    private readonly Dictionary<string, Func<string, object?[], Task>> _answers = [];

    public IGrainFactory Factory =>
        Proxy.Of<IGrainFactory>((method, args) => Proxy.Of(method.ReturnType, (call, given) => Answer(call, $"{args[0]}", given)));

    /// <summary>Sets the answer to calls of a method of a grain interface.</summary>
    /// <param name="method">The name of the interface and the method, such as <c>IInstanceGrain.GetReport</c>.</param>
    /// <param name="answer">Creates the answer from the grain's key and the arguments.</param>
    public void On<T>(string method, Func<string, object?[], Task<T>> answer) => _answers[method] = answer;

    private object Answer(MethodInfo call, string key, object?[] args)
    {
        var name = $"{call.DeclaringType!.Name}.{call.Name}";
        if (!_answers.TryGetValue(name, out var answer)) throw new InvalidOperationException($"{name} was not expected");
        var task = answer(key, args);
        return call.ReturnType.IsValueType ? Activator.CreateInstance(call.ReturnType, task)! : task;
    }

    /// <summary>The class is public and not sealed, because the runtime derives a class from it.</summary>
    public class Proxy : DispatchProxy
    {
        private Func<MethodInfo, object?[], object> _answer = null!;

        internal static T Of<T>(Func<MethodInfo, object?[], object> answer) => (T)Of(typeof(T), answer);

        internal static object Of(Type type, Func<MethodInfo, object?[], object> answer)
        {
            var proxy = (Proxy)Create(type, typeof(Proxy));
            proxy._answer = answer;
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!, args ?? []);
    }
}
